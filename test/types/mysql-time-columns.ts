import { inSession, refusedBy, typeColumn } from './type-column.js';
import type { TypeColumn } from './type-column.js';

const zeroDatesAllowed = (literal: string): ReturnType<typeof inSession> =>
  inSession("set sql_mode = ''", 'set sql_mode = default', [literal, null]);
const inKolkata = "set time_zone = '+05:30'";
const inUtc = "set time_zone = '+00:00'";

export const mysqlTimeColumns: readonly TypeColumn[] = [
  typeColumn({
    type: 'date',
    logical: 'date',
    relays: { postgres: 'date' },
    cases: [
      ["'0001-01-01'", '0001-01-01'],
      ["'1000-01-01'", '1000-01-01'],
      ["'1582-10-10'", '1582-10-10'],
      ["'1970-01-01'", '1970-01-01'],
      ["'9999-12-31'", '9999-12-31'],
    ],
  }),
  typeColumn({
    type: 'datetime(6)',
    logical: 'wall_clock',
    relays: { postgres: 'timestamp(6)' },
    cases: [
      ["'0069-01-01 00:00:00'", '0069-01-01T00:00:00.000000'],
      ["'1000-01-01 00:00:00'", '1000-01-01T00:00:00.000000'],
      ["'1969-12-31 23:59:59.999999'", '1969-12-31T23:59:59.999999'],
      ["'2024-03-31 02:30:00.000001'", '2024-03-31T02:30:00.000001'],
      ["'9999-12-31 23:59:59.999999'", '9999-12-31T23:59:59.999999'],
      inSession(inKolkata, inUtc, ["'2024-10-27 02:30:00'", '2024-10-27T02:30:00.000000']),
    ],
  }),
  typeColumn({
    type: 'datetime(3)',
    logical: 'wall_clock',
    relays: { postgres: 'timestamp(3)' },
    cases: [["'2024-02-29 23:59:59.999'", '2024-02-29T23:59:59.999000']],
  }),
  typeColumn({
    type: 'datetime',
    logical: 'wall_clock',
    relays: { postgres: 'timestamp(0)' },
    cases: [["'2024-02-29 23:59:59'", '2024-02-29T23:59:59.000000']],
  }),
  typeColumn({
    type: 'timestamp(6) null',
    logical: 'instant',
    relays: { postgres: 'timestamptz(6)' },
    cases: [
      ["'1970-01-01 00:00:01'", '1970-01-01T00:00:01.000000Z'],
      ["'2024-03-31 02:30:00.123456'", '2024-03-31T02:30:00.123456Z'],
      ["'2038-01-19 03:14:07.999999'", '2038-01-19T03:14:07.999999Z'],
      inSession(inKolkata, inUtc, ["'2024-07-14 12:34:56.5'", '2024-07-14T07:04:56.500000Z']),
    ],
  }),
  typeColumn({
    type: 'timestamp null',
    logical: 'instant',
    relays: { postgres: 'timestamptz(0)' },
    cases: [["'2024-07-14 12:34:56'", '2024-07-14T12:34:56.000000Z']],
  }),
  typeColumn({
    type: 'time(6)',
    logical: 'time',
    relays: { postgres: 'interval' },
    cases: [
      ["'-838:59:59'", '-838:59:59.000000'],
      ["'838:59:59'", '838:59:59.000000'],
      ["'-00:00:00.000001'", '-00:00:00.000001'],
      ["'23:59:59.999999'", '23:59:59.999999'],
    ],
  }),
  typeColumn({
    type: 'time(6)',
    variant: 'as_interval_3',
    logical: 'time',
    relays: { postgres: 'interval(3)', mysql8: 'time(3)', mariadb: 'time(3)' },
    cases: [
      ["'838:59:58.999'", '838:59:58.999000'],
      ["'-00:00:00.0001'", '-00:00:00.000100', refusedBy('out_of_range', 'postgres', 'mysql8', 'mariadb')],
    ],
  }),
  typeColumn({
    type: 'time',
    variant: 'as_hours',
    logical: 'time',
    relays: { postgres: 'interval hour to minute' },
    cases: [["'12:34:00'", '12:34:00.000000', refusedBy('out_of_range', 'postgres')]],
  }),
  typeColumn({
    type: 'time',
    variant: 'as_time_of_day',
    logical: 'time',
    relays: { postgres: 'time(6)' },
    cases: [
      ["'12:34:56'", '12:34:56.000000'],
      ["'24:00:00'", '24:00:00.000000'],
      ["'24:00:01'", '24:00:01.000000', refusedBy('out_of_range', 'postgres')],
      ["'-00:00:01'", '-00:00:01.000000', refusedBy('out_of_range', 'postgres')],
    ],
  }),
  typeColumn({
    type: 'date',
    variant: 'zero',
    logical: 'date',
    relays: { postgres: 'date' },
    remark: 'a zero date arrives as NULL; preflight refuses columns that are NOT NULL and hold one',
    cases: [zeroDatesAllowed("'0000-00-00'")],
  }),
  typeColumn({
    type: 'datetime',
    variant: 'zero',
    logical: 'wall_clock',
    relays: { postgres: 'timestamp(0)' },
    remark: 'a zero date arrives as NULL; preflight refuses columns that are NOT NULL and hold one',
    cases: [zeroDatesAllowed("'0000-00-00 00:00:00'")],
  }),
];
