import type { RowSchema } from '@rowbridge/change-event';
import { compareRecordSchema } from '@rowbridge/mapping';
import type { RecordFit, TablePlan } from '@rowbridge/mapping';
import { capturedEngines, codecs } from './captured-engines.js';
import type { TypeColumn } from './type-column.js';
import { fixtureDecoder, rawRecord, readTypesFixture } from './type-fixture.js';
import type { FixtureRecord } from './type-fixture.js';
import { columnsOf } from './type-leg.js';

/** The schema that the records of a fixture carry. */
async function schemaOf(name: string): Promise<RowSchema> {
  const fixture = readTypesFixture(name);
  const [decoded] = await fixtureDecoder(fixture).decode([
    rawRecord(fixture, fixture.records[0] as FixtureRecord, 0),
  ]);
  if (decoded?.kind !== 'change' || !decoded.schema) throw new Error(`${name} begins with no change`);
  return decoded.schema;
}

function fitOf({ name, logical }: TypeColumn, schema: RowSchema): RecordFit {
  const plan = {
    source: { table: 'types', key: ['id'] },
    columns: [{ source: name, target: name, type: logical }],
  } as unknown as TablePlan;
  return compareRecordSchema(plan, schema);
}

/** Else each of its records would pass for one that its table's schema has outlived, and wait for a second look. */
describe.each(
  capturedEngines.flatMap(([folder, engine]) =>
    codecs.flatMap((codec) =>
      ['live', 'snapshot'].map((kind) => [`${folder}/types-${kind}-${codec}`, engine] as const),
    ),
  ),
)('records of %s', (name, engine) => {
  let schema: RowSchema;

  beforeAll(async () => {
    schema = await schemaOf(name);
  });

  it.each(columnsOf(engine).map((column) => [column.type, column.logical, column] as const))(
    'of a column of type %s fit a mapping that declares it %s',
    (_type, _logical, column) => {
      expect(fitOf(column, schema)).toEqual({ kind: 'absorbed' });
    },
  );
});
