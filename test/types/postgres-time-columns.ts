import { inSession, mysqlFamily, refusedBy, typeColumn } from './type-column.js';
import type { TypeColumn } from './type-column.js';

const outOfRange = refusedBy('out_of_range', 'mysql8', 'mariadb');

export const postgresTimeColumns: readonly TypeColumn[] = [
  typeColumn({
    type: 'date',
    logical: 'date',
    relays: mysqlFamily('date'),
    cases: [
      ["'0001-01-01'", '0001-01-01'],
      ["'1582-10-10'", '1582-10-10'],
      ["'1970-01-01'", '1970-01-01'],
      ["'9999-12-31'", '9999-12-31'],
      ["'infinity'", null, outOfRange],
      ["'0044-03-15 BC'", null, outOfRange],
      ["'10000-01-01'", null, outOfRange],
    ],
  }),
  typeColumn({
    type: 'time(6)',
    logical: 'time',
    relays: mysqlFamily('time(6)'),
    cases: [
      ["'00:00:00'", '00:00:00.000000'],
      ["'23:59:59.999999'", '23:59:59.999999'],
      ["'24:00:00'", '24:00:00.000000'],
    ],
  }),
  typeColumn({
    type: 'time(3)',
    logical: 'time',
    relays: mysqlFamily('time(3)'),
    cases: [["'12:34:56.789'", '12:34:56.789000']],
  }),
  typeColumn({
    type: 'timestamp(6)',
    logical: 'wall_clock',
    relays: mysqlFamily('datetime(6)'),
    cases: [
      ["'0001-01-01 00:00:00'", '0001-01-01T00:00:00.000000'],
      ["'1582-10-10 12:00:00'", '1582-10-10T12:00:00.000000'],
      ["'1969-12-31 23:59:59.999999'", '1969-12-31T23:59:59.999999'],
      ["'2024-03-31 02:30:00.000001'", '2024-03-31T02:30:00.000001'],
      ["'9999-12-31 23:59:59.999999'", '9999-12-31T23:59:59.999999'],
      ["'infinity'", 'infinity', outOfRange],
      ["'-infinity'", '-infinity', outOfRange],
      ["'0044-03-15 12:00:00 BC'", null, outOfRange],
      inSession("set time zone 'Asia/Kolkata'", "set time zone 'UTC'", [
        "'2024-10-27 02:30:00'",
        '2024-10-27T02:30:00.000000',
      ]),
    ],
  }),
  typeColumn({
    type: 'timestamp(3)',
    logical: 'wall_clock',
    relays: mysqlFamily('datetime(3)'),
    cases: [["'2024-02-29 23:59:59.999'", '2024-02-29T23:59:59.999000']],
  }),
  typeColumn({
    type: 'timestamp(6)',
    variant: 'as_datetime_3',
    logical: 'wall_clock',
    relays: mysqlFamily('datetime(3)'),
    cases: [
      ["'2024-02-29 23:59:59.999'", '2024-02-29T23:59:59.999000'],
      ["'2024-02-29 23:59:59.999999'", '2024-02-29T23:59:59.999999', outOfRange],
    ],
  }),
  typeColumn({
    type: 'timestamptz(6)',
    logical: 'instant',
    relays: mysqlFamily('timestamp(6)'),
    cases: [
      ["'1970-01-01 00:00:01+00'", '1970-01-01T00:00:01.000000Z'],
      ["'2024-03-31 02:30:00.123456+05:30'", '2024-03-30T21:00:00.123456Z'],
      ["'2038-01-19 03:14:07.999999+00'", '2038-01-19T03:14:07.999999Z'],
      ["'1970-01-01 00:00:00+00'", '1970-01-01T00:00:00.000000Z', outOfRange],
      ["'2038-01-19 03:14:08+00'", '2038-01-19T03:14:08.000000Z', outOfRange],
      ["'infinity'", 'infinity', outOfRange],
      inSession("set time zone 'America/New_York'", "set time zone 'UTC'", [
        "'2024-11-03 01:30:00'",
        '2024-11-03T06:30:00.000000Z',
      ]),
    ],
  }),
  typeColumn({
    type: 'timestamptz(3)',
    logical: 'instant',
    relays: mysqlFamily('timestamp(3)'),
    cases: [["'2024-07-14 12:34:56.789Z'", '2024-07-14T12:34:56.789000Z']],
  }),
  typeColumn({
    type: 'interval',
    logical: 'interval',
    relays: mysqlFamily('varchar(100)'),
    cases: [
      ["'1 year 2 mons 3 days 04:05:06.789'", 'P1Y2M3DT4H5M6.789S'],
      ["'-1 mon +2 days -00:00:00.5'", 'P-1M2DT-0.5S'],
      ["'0'", 'PT0S'],
      ["'178000000 years'", 'P178000000Y'],
      ["'36:00:00'", 'PT36H'],
    ],
  }),
];
