import { typeColumn } from './type-column.js';
import type { TypeColumn } from './type-column.js';

/** A value of a refused type, and what the pinned connector sends for it. */
export interface RefusedValue {
  /** SQL expression that makes it. */
  readonly literal: string;
  /** As the payload of a JSON record has it; undefined where records do not have the column at all. */
  readonly live: unknown;
  /** The same of a row read by snapshot. */
  readonly bySnapshot: unknown;
}

/** A type that a mapping refuses at start. */
export interface RefusedType {
  readonly type: string;
  readonly reason: string;
  /** What bears the reason out; null where the connector stops at any value of the type. */
  readonly value: RefusedValue | null;
}

type Sent = readonly [literal: string, live: unknown, bySnapshot?: unknown];

function refused(type: string, reason: string, [literal, live, bySnapshot = live]: Sent): RefusedType {
  return { type, reason, value: { literal, live, bySnapshot } };
}

const absent = (type: string, literal: string): RefusedType =>
  refused(type, 'not captured by the pinned connector: events do not have the column', [literal, undefined]);

/** PostgreSQL's. Refused too, by name, is whatever is not among the types that are carried. */
export const refusedPostgresTypes: readonly RefusedType[] = [
  refused('bit varying(8)', 'events do not say how many bits a value has', ["B'0101'", 'BQ==']),
  refused('bit varying', 'events do not say how many bits a value has', ["B'101'", 'BQ==']),
  refused('time with time zone', 'events are in UTC: the offset a value was written with is lost', [
    "'12:34:56.789+05:30'",
    '07:04:56.789Z',
  ]),
  refused('tstzrange', "events are in the time zone of the connector's process, not in UTC", [
    "'[2024-01-01 00:00:00+00,2024-02-01 00:00:00+05:30)'",
    '["2024-01-01 00:00:00+00","2024-01-31 18:30:00+00")',
  ]),
  refused('tsvector', 'made from other columns: let the target make its own', [
    "'a:1 cat:2'",
    "'a':1 'cat':2",
  ]),
  refused('money', 'snapshots round large amounts, and the currency is not told', [
    "'12345678901234567.89'::numeric::money",
    '12345678901234567.89',
    '1.2345678901234568E16',
  ]),
  refused('name', 'live changes say NULL of every value', ["'some'", null, 'some']),
  absent('box', "'((1,2),(3,4))'"),
  absent('line', "'{1,2,3}'"),
  absent('lseg', "'[(1,2),(3,4)]'"),
  absent('path', "'((1,2),(3,4))'"),
  absent('polygon', "'((1,2),(3,4),(5,6))'"),
  absent('circle', "'<(1,2),3>'"),
  absent('int4multirange', "'{[1,3),[5,7)}'"),
  absent('pair_of_numbers', 'row(1,2)::pair_of_numbers'),
  absent('pg_lsn', "'0/1'"),
  absent('tsquery', "'fat & cat'"),
  absent('money[]', "'{1.00}'"),
  absent('interval[]', "'{1 day}'"),
  absent('xml[]', "array['<a/>'::xml]"),
  absent('point[]', "array['(1,2)'::point]"),
  absent('positive[]', "'{1,2}'"),
  refused('date[]', 'events take years before Christ for years after, and shift days before 1582-10-15', [
    "'{2024-01-01 BC,1582-10-10}'",
    [19723, -141422],
  ]),
  refused(
    'timestamptz[]',
    'events take years before Christ for years after, and shift days before 1582-10-15',
    [
      "'{2024-01-01 00:00:00+00 BC,1582-10-10 12:00:00+00}'",
      ['2024-01-01T00:00:00.000000Z', '1582-10-20T12:00:00.000000Z'],
    ],
  ),
  refused('time[]', 'events cut microseconds, and say 00:00:00 of 24:00:00', [
    "'{12:34:56.123456,24:00:00}'",
    [45_296_123_000, 0],
  ]),
  refused('time with time zone[]', 'events are in UTC, and cut fractions', [
    "'{12:34:56.123456+05:30}'",
    ['07:04:56Z'],
  ]),
  refused(
    'json[]',
    'its elements are documents: within a JSON array, NULL and the document null would be one',
    [`array['{"b":1, "a":1.50}', 'null', null]::json[]`, ['{"b":1, "a":1.50}', 'null', null]],
  ),
  refused(
    'jsonb[]',
    'its elements are documents: within a JSON array, NULL and the document null would be one',
    [`array['{"b":1, "a":1.50}', 'null', null]::jsonb[]`, ['{"a": 1.50, "b": 1}', 'null', null]],
  ),
  { type: 'bit(3)[]', reason: 'the pinned connector stops at any value, mapped or not', value: null },
  refused('mood[]', 'the pinned connector stops at NULL among its elements, mapped or not', [
    "'{sad}'",
    ['sad'],
  ]),
];

/** A column for each refused type that the connector does not stop at, so that its value can be captured. */
export const refusedColumns: readonly TypeColumn[] = refusedPostgresTypes.flatMap(({ type, value }) =>
  value === null ? [] : [typeColumn({ type, logical: 'text', cases: [[value.literal, null]] })],
);
