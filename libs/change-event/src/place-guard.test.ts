import type { ChangeEvent, RawRecord } from './change-event.js';
import { changesOf } from './fixtures/captured-records.js';
import { PlaceGuard } from './place-guard.js';
import { binlogPosition } from './source-position.js';

/** A change of a row at a place of the binlog. */
interface Change {
  readonly key: string;
  readonly position: number;
  readonly row: number;
  readonly text: string;
  readonly offset: bigint;
}

const topic = 'revamp.revamp_db.revamp_users';
const refused = { code: 'preflight_failed' };
let captured: ChangeEvent;

beforeAll(async () => {
  [captured] = (await changesOf('mysql-8.0', 'users-update')) as [ChangeEvent];
});

const change = (place: string, text: string): Omit<Change, 'offset'> => {
  const [, key = '', position, row] = /^(\w)@(\d+)\/(\d+)$/.exec(place) ?? [];
  return { key, position: Number(position), row: Number(row), text };
};

/** Passes the changes by one guard; their offsets count up from `offset`. */
function pass(
  guard: PlaceGuard,
  changes: readonly (readonly [place: string, text: string])[],
  offset = 0n,
): void {
  changes.forEach(([place, text], index) => {
    const { key, position, row } = change(place, text);
    const record: RawRecord = {
      topic,
      partition: 0,
      offset: offset + BigInt(index),
      timestampMs: 0,
      key: null,
      value: null,
      headers: [],
    };
    const file = 'binlog.000001';
    const event = { ...captured, key, position: binlogPosition(1, { file, position, row }), after: { text } };
    guard.check(record, event);
  });
}

describe('changes of one row that share a binlog position', () => {
  it('are refused at the same row of it', () => {
    expect(() =>
      pass(new PlaceGuard(), [
        ['a@4/0', 'one'],
        ['a@4/0', 'two'],
      ]),
    ).toThrow(expect.objectContaining(refused) as Error);
  });

  it('I1: are refused where the later one lies before the earlier: it would pass for older', () => {
    expect(() =>
      pass(new PlaceGuard(), [
        ['a@4/0', 'one'],
        ['b@4/1', 'one'],
        ['b@4/0', 'two'],
      ]),
    ).toThrow(expect.objectContaining(refused) as Error);
  });

  it('I1: are refused where changes of other rows lie between them', () => {
    expect(() =>
      pass(new PlaceGuard(), [
        ['a@4/0', 'one'],
        ['b@4/1', 'one'],
        ['a@4/0', 'two'],
      ]),
    ).toThrow(expect.objectContaining(refused) as Error);
  });

  it('say which settings of either server keep them from it', () => {
    expect(() =>
      pass(new PlaceGuard(), [
        ['a@4/0', 'one'],
        ['a@4/0', 'two'],
      ]),
    ).toThrow(/binlog_legacy_event_pos=ON.*binlog_transaction_compression=OFF/);
  });
});

describe('changes that share a binlog position', () => {
  const moved = [
    ['a@4/0', 'one'],
    ['b@4/0', 'one'],
    ['a@4/1', 'two'],
    ['c@4/1', 'one'],
  ] as const;

  it('pass where each lies behind the earlier of its row, as when keys move up in one statement', () => {
    expect(() => {
      pass(new PlaceGuard(), moved);
    }).not.toThrow();
  });

  it('pass when the connector sends them again', () => {
    expect(() => {
      pass(new PlaceGuard(), [...moved, ...moved]);
    }).not.toThrow();
  });

  it('pass when they are read again, from where they were first read or from before', () => {
    const guard = new PlaceGuard();
    pass(guard, moved.slice(2), 12n);
    pass(guard, moved.slice(2), 12n);
    pass(guard, moved, 10n);
    expect(() => {
      pass(guard, moved, 10n);
    }).not.toThrow();
  });

  it('I1: are not forgotten when some of them are read again', () => {
    const guard = new PlaceGuard();
    pass(guard, moved, 10n);
    expect(() => {
      pass(
        guard,
        [
          ['c@4/1', 'one'],
          ['a@4/0', 'three'],
        ],
        13n,
      );
    }).toThrow(expect.objectContaining(refused) as Error);
  });

  it('pass at another position, whatever their row', () => {
    expect(() => {
      pass(new PlaceGuard(), [
        ['a@4/1', 'one'],
        ['a@90/0', 'two'],
        ['a@170/0', 'three'],
      ]);
    }).not.toThrow();
  });
});
