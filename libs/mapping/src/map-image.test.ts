import type { ColumnPlan, TablePlan } from './direction-plan.js';
import { isWhole, mapImage, parentsOf, sameMappedColumns } from './map-image.js';

const column = (source: string, change: Partial<ColumnPlan> = {}): ColumnPlan => ({
  source,
  target: `target_${source}`,
  type: 'text',
  references: null,
  words: null,
  ...change,
});

const plan = {
  source: { table: 'people' },
  columns: [
    column('name'),
    column('rank', { type: 'int64' }),
    column('changed_at', { type: 'instant' }),
    column('state', { words: new Map([['on', 'ON']]) }),
    column('team', { type: 'int64', references: 'teams' }),
  ],
} as unknown as TablePlan;

const twins = (entity: string, key: string): string | undefined =>
  entity === 'teams' && key === '7' ? '70' : undefined;

describe('I8: mapImage', () => {
  it('carries values, words and the keys of parents under the names of the target', () => {
    const image = { name: 'Ada', rank: '-3', state: 'on', team: '7', unmapped: 'x' };
    expect(mapImage(plan, image, twins)).toEqual({
      kind: 'mapped',
      values: { target_name: 'Ada', target_rank: '-3', target_state: 'ON', target_team: '70' },
    });
  });

  it('keeps what is absent absent, and NULL null, whatever the column is', () => {
    expect(mapImage(plan, { name: null, state: null, team: null }, twins)).toEqual({
      kind: 'mapped',
      values: { target_name: null, target_state: null, target_team: null },
    });
  });

  it('names the parent that has no twin', () => {
    expect(mapImage(plan, { team: '8' }, twins)).toEqual({
      kind: 'missing_parent',
      entity: 'teams',
      column: 'team',
    });
  });

  it.each([
    ['state', 'secret-word', 'unknown_value_word', /people\.state: .*\(on\); correct the row or extend/],
    ['rank', 'secret-word', 'unmappable_value', /people\.rank: .*not of the declared type int64/],
    ['changed_at', '10000-01-01T00:00:00.000000Z', 'out_of_range', /people\.changed_at: .*beyond what/],
  ])('refuses a value of %s it cannot carry, and never says it', (...[name, value, errorCode, message]) => {
    const refused = mapImage(plan, { [name]: value }, twins);
    expect(refused).toMatchObject({
      kind: 'refused',
      errorCode,
      column: name,
      message: expect.stringMatching(message) as string,
    });
    expect(JSON.stringify(refused)).not.toContain(value);
  });
});

describe('what a source row says', () => {
  it('names its parents, but none where the column is NULL or absent', () => {
    expect(parentsOf(plan, { team: '8' })).toEqual([{ entity: 'teams', sourceKey: '8' }]);
    expect([parentsOf(plan, { team: null }), parentsOf(plan, {})]).toEqual([[], []]);
  });

  it('is the same only where absent meets absent', () => {
    expect(sameMappedColumns(plan, { name: 'Ada', unmapped: '1' }, { name: 'Ada', unmapped: '2' })).toBe(
      true,
    );
    expect(sameMappedColumns(plan, { name: null }, {})).toBe(false);
  });

  it('is whole with NULL, and not with a column that is absent', () => {
    const whole = { name: null, rank: null, changed_at: null, state: null, team: null };
    const { name: _name, ...rest } = whole;
    expect([isWhole(plan, whole), isWhole(plan, rest)]).toEqual([true, false]);
  });
});
