import type { ColumnShape, LogicalType, RowSchema } from '@rowbridge/change-event';
import { compareRecordSchema } from './compare-record-schema.js';
import type { TablePlan } from './direction-plan.js';

function shape(literal: ColumnShape['literal'], semantic: string | null = null): ColumnShape {
  return { literal, semantic, parameters: {}, items: null, fields: [] };
}

function planOf(columns: Readonly<Record<string, LogicalType>>): TablePlan {
  return {
    source: { table: 'people', key: ['id'] },
    columns: Object.entries(columns).map(([source, type]) => ({ source, type })),
  } as unknown as TablePlan;
}

function schemaOf(
  columns: Readonly<Record<string, ColumnShape>>,
  { key = ['id'], unreadable = [] }: { key?: readonly string[]; unreadable?: readonly string[] } = {},
): RowSchema {
  const fields = Object.entries(columns).map(([name, one]) => ({ name, shape: one }));
  return {
    columns: fields,
    key: key.map((name) => ({ name, shape: shape('integer') })),
    unreadable: new Set(unreadable),
  };
}

const zoned = shape('string', 'io.debezium.time.ZonedTimestamp');
const wallClock = shape('integer', 'io.debezium.time.MicroTimestamp');
const plan = planOf({ name: 'text', born: 'instant' });

describe('compareRecordSchema', () => {
  it('absorbs further columns, whatever their type', () => {
    const columns = { name: shape('string'), born: zoned, place: shape('struct', 'com.example.Place') };
    expect(compareRecordSchema(plan, schemaOf(columns, { unreadable: ['place'] }))).toEqual({
      kind: 'absorbed',
    });
  });

  it('tells a mapped column that is missing', () => {
    expect(compareRecordSchema(plan, schemaOf({ born: zoned }))).toMatchObject({
      kind: 'other_schema',
      column: 'name',
    });
  });

  it('I8: never takes a wall clock for an instant', () => {
    expect(compareRecordSchema(plan, schemaOf({ name: shape('string'), born: wallClock }))).toEqual({
      kind: 'other_schema',
      column: 'born',
      what: 'records of people carry born as io.debezium.time.MicroTimestamp (integer), the mapping declares instant',
    });
  });

  it('I8: does not guess at a type never seen before', () => {
    const columns = { name: shape('string', 'com.example.Name'), born: zoned };
    expect(compareRecordSchema(plan, schemaOf(columns, { unreadable: ['name'] }))).toEqual({
      kind: 'unreadable',
      column: 'name',
      what: 'records of people carry name as com.example.Name (string), a type that is not known here',
    });
  });

  it('knows a row by a key of another name, and not by a key of other columns', () => {
    const columns = { name: shape('string'), born: zoned };
    expect(compareRecordSchema(plan, schemaOf(columns, { key: ['number'] }))).toMatchObject({
      kind: 'other_schema',
      column: null,
    });
    expect(compareRecordSchema(plan, schemaOf(columns, { key: ['id', 'tenant'] }))).toMatchObject({
      kind: 'unreadable',
      what: 'records of people are keyed by (id, tenant), the mapping says (id)',
    });
  });

  it.each<[LogicalType, ColumnShape, boolean]>([
    ['int64', shape('integer'), true],
    ['int64', shape('string'), true],
    ['int64', shape('string', 'io.debezium.data.Enum'), false],
    ['int64', shape('float64'), false],
    ['decimal', shape('string'), true],
    ['decimal', shape('bytes', 'org.apache.kafka.connect.data.Decimal'), true],
    ['decimal', shape('bytes'), false],
    ['boolean', shape('integer'), true],
    ['boolean', shape('string'), false],
    ['text', shape('string', 'io.debezium.data.Enum'), true],
    ['text', shape('integer'), true],
    ['text', shape('bytes'), false],
    ['fixed_text', shape('array'), false],
    ['text', shape('struct', 'io.debezium.data.geometry.Point'), false],
    ['text', shape('array', 'io.debezium.data.FloatVector'), false],
    ['text', shape('bytes', 'org.apache.kafka.connect.data.Decimal'), true],
    ['date', shape('integer', 'io.debezium.time.Date'), true],
    ['date', zoned, false],
    ['json', shape('string', 'io.debezium.data.Json'), true],
    ['bytes', shape('string'), false],
    ['uuid', shape('string', 'io.debezium.data.Uuid'), true],
    ['uuid', shape('bytes'), true],
    ['uuid', shape('integer'), false],
    ['array', shape('string'), true],
    ['array', shape('bytes'), false],
    ['time', shape('string', 'io.debezium.time.Interval'), true],
    ['time', shape('string'), false],
    ['geometry', shape('bytes'), true],
    ['geometry', shape('string'), false],
  ])('%s carried as %j fits: %s', (type, carried, fits) => {
    const fit = compareRecordSchema(planOf({ mood: type }), schemaOf({ mood: carried }));
    expect(fit.kind).toBe(fits ? 'absorbed' : 'other_schema');
  });
});
