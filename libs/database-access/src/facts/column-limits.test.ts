import type { LogicalType } from '@rowbridge/change-event';
import { noLimits, refuseUnholdable } from './column-limits.js';
import type { ColumnLimits } from './column-limits.js';

const destination = { table: 'public.rows', column: 'value' };

function hold(type: LogicalType, limits: Partial<ColumnLimits>, value: string): string {
  try {
    refuseUnholdable(value, { type, limits: { ...noLimits, ...limits } }, destination);
    return 'held';
  } catch (error) {
    expect((error as Error).message.includes(value)).toBe(false);
    return (error as { readonly code: string }).code;
  }
}

const labels = { labels: ['small', 'LARGE'] };
const listed = { listedLabels: ['red', 'green', 'blue'] };
const mysqlTime: Partial<ColumnLimits> = {
  times: ['-838:59:59.000000', '838:59:59.000000'],
  fractionDigits: 6,
};
const priced: Partial<ColumnLimits> = { elements: 'decimal', decimals: { precision: 5, scale: 2 } };
const clocks: Partial<ColumnLimits> = { elements: 'wall_clock', fractionDigits: 3 };
const dayTime: Partial<ColumnLimits> = { times: ['00:00:00.000000', '24:00:00.000000'], fractionDigits: 3 };

describe('I8: a column refuses what it would not hold as it is', () => {
  it.each<[string, LogicalType, Partial<ColumnLimits>, string, string]>([
    ['a label', 'text', labels, 'LARGE', 'held'],
    ['a label of another case', 'text', labels, 'large', 'out_of_range'],
    ['labels in their order', 'text', listed, 'red,blue', 'held'],
    ['no label', 'text', listed, '', 'held'],
    ['labels in another order', 'text', listed, 'blue,red', 'out_of_range'],
    ['a label twice', 'text', listed, 'red,red', 'out_of_range'],
    ['an unknown label', 'text', listed, 'red,pink', 'out_of_range'],
    ['the year 0', 'int64', { years: true }, '0', 'held'],
    ['the first year', 'int64', { years: true }, '1901', 'held'],
    ['the last year', 'int64', { years: true }, '2155', 'held'],
    ['a year before', 'int64', { years: true }, '1900', 'out_of_range'],
    ['a year after', 'int64', { years: true }, '2156', 'out_of_range'],
    ['a year of two digits', 'int64', { years: true }, '70', 'out_of_range'],
    ['bits of the length', 'bits', { bits: 3 }, '010', 'held'],
    ['bits of another length', 'bits', { bits: 3 }, '10', 'out_of_range'],
    ['the longest time', 'time', mysqlTime, '838:59:59.000000', 'held'],
    ['a microsecond more', 'time', mysqlTime, '838:59:59.000001', 'out_of_range'],
    ['the longest negative time', 'time', mysqlTime, '-838:59:59.000000', 'held'],
    ['longer', 'time', mysqlTime, '-1000:00:00.000000', 'out_of_range'],
    ['the end of the day', 'time', dayTime, '24:00:00.000000', 'held'],
    ['a time past it', 'time', dayTime, '24:00:00.001000', 'out_of_range'],
    ['a negative time of day', 'time', dayTime, '-00:00:01.000000', 'out_of_range'],
    ['a finer time of day', 'time', dayTime, '01:02:03.123400', 'out_of_range'],
    [
      'integers of 64 bits in JSON',
      'json',
      { jsonFloats: true },
      '[18446744073709551615,-9223372036854775808]',
      'held',
    ],
    ['a larger integer in JSON', 'json', { jsonFloats: true }, '{"a":123456789012345678901}', 'out_of_range'],
    ['a float in JSON', 'json', { jsonFloats: true }, '[0.1,100000000000000000000]', 'held'],
    ['a decimal that is no float', 'json', { jsonFloats: true }, '[0.12345678901234567891]', 'out_of_range'],
    [
      'such a number within text',
      'json',
      { jsonFloats: true },
      '{"123456789012345678901":"0.12345678901234567891 \\" 1"}',
      'held',
    ],
    ['U+0000 in JSON', 'json', { jsonText: true }, '{"a":"x\\u0000"}', 'out_of_range'],
    ['what only looks like it', 'json', { jsonText: true }, '{"a":"x\\\\u0000"}', 'held'],
    ['half a surrogate pair in JSON', 'json', { jsonText: true }, '["\\ud83d"]', 'out_of_range'],
    ['texts and nulls by key', 'json', { jsonTextMap: true }, '{"a":"1","b":null}', 'held'],
    ['a number by key', 'json', { jsonTextMap: true }, '{"a":1}', 'out_of_range'],
    ['integers', 'array', { elements: 'integer' }, '[1,null]', 'held'],
    ['decimals of the scale', 'array', priced, '["1.50","-0.05","NaN",null]', 'held'],
    ['decimals of another scale', 'array', priced, '["1.5"]', 'out_of_range'],
    ['decimals beyond the precision', 'array', priced, '["1000.00"]', 'out_of_range'],
    ['minus zero', 'array', priced, '["-0.00"]', 'out_of_range'],
    ['any decimals', 'array', { elements: 'decimal' }, '["1.500","Infinity"]', 'held'],
    ['words among decimals', 'array', { elements: 'decimal' }, '["1e5"]', 'out_of_range'],
    [
      'a UUID of another case',
      'array',
      { elements: 'uuid' },
      `["${'A'.repeat(8)}-0000-0000-0000-000000000000"]`,
      'out_of_range',
    ],
    ['bytes in hexadecimal', 'array', { elements: 'bytes' }, '["00ff",""]', 'held'],
    ['half a byte', 'array', { elements: 'bytes' }, '["0"]', 'out_of_range'],
    ['wall clocks', 'array', clocks, '["2024-02-29T23:59:59.999000","infinity"]', 'held'],
    ['finer wall clocks', 'array', clocks, '["2024-02-29T23:59:59.999900"]', 'out_of_range'],
    ['wall clocks in another form', 'array', clocks, '["2024-02-29 23:59:59.999"]', 'out_of_range'],
    ['a text of the length', 'array', { elements: 'text', characters: 2 }, '["😀é"]', 'held'],
    ['a longer text', 'array', { elements: 'text', characters: 2 }, '["a  "]', 'value_too_long'],
    ['an interval', 'interval', { fractionDigits: 3 }, 'P1DT0.123S', 'held'],
    ['a finer interval', 'interval', { fractionDigits: 3 }, 'P1DT0.1234S', 'out_of_range'],
    ['an interval of some fields', 'interval', { someFields: true }, 'P1Y', 'out_of_range'],
    ['a time as an interval of some fields', 'time', { someFields: true }, '01:00:00.000000', 'out_of_range'],
    ['text among integers', 'array', { elements: 'integer' }, '["1"]', 'out_of_range'],
    ['numbers among texts', 'array', { elements: 'text' }, '[1]', 'out_of_range'],
    ['single floats', 'array', { elements: 'float32' }, '[0.1,"NaN"]', 'held'],
    [
      'double floats among single ones',
      'array',
      { elements: 'float32' },
      '[0.30000000000000004]',
      'out_of_range',
    ],
    ['a point', 'geometry', { plainPoints: true }, `0101000000${'0'.repeat(32)}`, 'held'],
    [
      'a line where points are',
      'geometry',
      { plainPoints: true },
      `0102000000${'0'.repeat(8)}`,
      'out_of_range',
    ],
  ])('%s', (...[, type, limits, value, expected]) => {
    expect(hold(type, limits, value)).toBe(expected);
  });
});
