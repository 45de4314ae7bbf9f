import type { ChangeEvent, RowImage } from '@rowbridge/change-event';
import { postgresPosition } from '@rowbridge/change-event';
import { simulatedPlans } from '../simulation/simulated-pair.js';
import { collapseChains } from './collapse-chains.js';

const [plan] = simulatedPlans({
  strategy: 'source_priority',
  deleteVersusUpdate: 'update_wins',
  timestamped: false,
});
const row = (word: string): RowImage => ({ email: 'ada', word });

let places = 0;
function item(
  before: RowImage | null,
  after: RowImage | null,
  overrides: Partial<ChangeEvent> & { breaksChain?: boolean } = {},
) {
  places += 1;
  const { breaksChain = false, ...changes } = overrides;
  const event: ChangeEvent = {
    eventId: String(places),
    operation: before === null ? 'create' : after === null ? 'delete' : 'update',
    snapshot: 'live',
    connector: 'legacy',
    schema: 'public',
    table: 'people',
    key: '1',
    before,
    after,
    position: postgresPosition(1, BigInt(places)),
    commitPosition: null,
    committedAtMs: 0,
    estimatedCommitMs: 0,
    movedFrom: null,
    movedTo: null,
    traceparent: null,
    ...changes,
  };
  return { event, breaksChain };
}

/** Lengths of the chains, wave by wave. */
const shapeOf = (items: readonly ReturnType<typeof item>[]): number[][] =>
  collapseChains(plan, items).map((wave) => wave.map((chain) => chain.items.length));

it('changes whose images meet act as one, from the first before to the last after, at the last position', () => {
  const items = [item(null, row('one')), item(row('one'), row('two')), item(row('two'), row('three'))];
  const [[chain] = []] = collapseChains(plan, items);
  expect(chain).toMatchObject({ before: null, after: row('three'), last: items[2]?.event });
});

it('A to B to A stays a chain that began at A, so that it is compared with A and not with nothing', () => {
  const [[chain] = []] = collapseChains(plan, [item(row('one'), row('two')), item(row('two'), row('one'))]);
  expect(chain).toMatchObject({ before: row('one'), after: row('one') });
});

it('a delete and a new insert of the key meet in between', () => {
  expect(shapeOf([item(row('one'), null), item(null, row('two'))])).toEqual([[2]]);
});

it.each([
  ['images that do not meet', item(row('three'), row('two'))],
  ['an echo in between', item(row('two'), row('three'), { breaksChain: true })],
  ['a key change away', item(row('two'), null, { movedTo: '9' })],
  ['a snapshot read', item(null, row('two'), { operation: 'read', snapshot: 'incremental' })],
  ['a before-image that lacks a column', item({ email: 'ada' }, row('three'))],
  ['a missing before-image', item(null, row('three'), { operation: 'update' })],
] as const)('I5: %s breaks the chain', (_name, second) => {
  expect(shapeOf([item(row('one'), row('two')), second])).toEqual([[1], [1]]);
});

it('I5: a row that moves onto a key just deleted starts a chain of its own', () => {
  expect(shapeOf([item(row('one'), null), item(null, row('two'), { movedFrom: '9' })])).toEqual([[1], [1]]);
});

it('I5: an after-image that lacks a column breaks the chain, since nothing shows that the next one starts from it', () => {
  expect(shapeOf([item(row('one'), { email: 'ada' }), item({ email: 'ada' }, row('two'))])).toEqual([
    [1],
    [1],
  ]);
});

it('I7: a key has at most one chain in a wave and its chains keep their order, while other keys go on beside it', () => {
  const broken = [item(row('one'), row('two')), item(row('one'), row('three'))];
  const waves = collapseChains(plan, [...broken, item(row('one'), row('two'), { key: '2' })]);
  expect(waves.map((wave) => wave.map((chain) => [chain.key, chain.after?.['word']]))).toEqual([
    [
      ['1', 'two'],
      ['2', 'two'],
    ],
    [['1', 'three']],
  ]);
});

it('I7: a move has its place after what happened at either of its keys, and before what follows there', () => {
  const waves = collapseChains(plan, [
    item(row('gone'), null, { key: '2' }),
    item(row('one'), null, { key: '1', movedTo: '2' }),
    item(null, row('one'), { key: '2', movedFrom: '1' }),
    item(row('one'), row('two'), { key: '2' }),
    item(null, row('new'), { key: '1' }),
    item(row('a'), row('b'), { key: '3' }),
  ]);
  expect(waves.map((wave) => wave.map(({ key, last }) => `${last.operation} ${key}`))).toEqual([
    ['delete 2', 'update 3'],
    ['delete 1'],
    ['create 2'],
    ['update 2', 'create 1'],
  ]);
});

describe('rows whose parent lies in the same table', () => {
  const nested = {
    ...plan,
    columns: plan.columns.map((column) =>
      column.source === 'word' ? { ...column, references: plan.entity } : column,
    ),
  };
  const wavesOf = (items: readonly ReturnType<typeof item>[]): string[][] =>
    collapseChains(nested, items).map((wave) =>
      wave.map(({ key, items: { length }, last }) => `${last.operation} ${key} (${length})`),
    );

  it('children come after their parent, all in one wave', () => {
    const children = ['2', '3', '4'].map((key) => item(null, row('1'), { key }));
    const grandchild = item(null, row('4'), { key: '5' });
    expect(wavesOf([item(null, row('0')), ...children, grandchild])).toEqual([
      ['create 1 (1)'],
      ['create 2 (1)', 'create 3 (1)', 'create 4 (1)'],
      ['create 5 (1)'],
    ]);
  });

  it('a parent is deleted after its children, and a row is its own parent at once', () => {
    expect(
      wavesOf([item(row('0'), row('1')), item(row('1'), null, { key: '2' }), item(row('1'), null)]),
    ).toEqual([['update 1 (1)'], ['delete 2 (1)'], ['delete 1 (1)']]);
  });

  it('a change continues its chain only where its new parent is known by then', () => {
    const known = [item(row('0'), row('9')), item(row('9'), row('8'))];
    expect(wavesOf(known)).toEqual([['update 1 (2)']]);
    const later = [item(row('0'), row('9')), item(null, row('0'), { key: '8' }), item(row('9'), row('8'))];
    expect(wavesOf(later)).toEqual([['update 1 (1)', 'create 8 (1)'], ['update 1 (1)']]);
  });
});
