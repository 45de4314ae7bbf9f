import { refusedColumns, refusedPostgresTypes } from './refused-types.js';
import { labelOf } from './type-column.js';
import { readTypesFixture } from './type-fixture.js';

const valued = refusedPostgresTypes.flatMap(({ type, value }) =>
  value === null ? [] : [{ type, ...value }],
);

/** What a captured record says of each refused type, by type. */
function sentOf(fixture: string): readonly (readonly [type: string, value: unknown])[] {
  const { records } = readTypesFixture(fixture);
  return refusedColumns.map((column) => {
    const record = records.find(({ label }) => label === labelOf(column, 0));
    const { after } = JSON.parse(record?.value ?? '{}') as {
      readonly after: Readonly<Record<string, unknown>>;
    };
    return [column.type, after[column.name]];
  });
}

describe.each(['postgres-16', 'postgres-17', 'postgres-18'])('types that are refused, from %s', (folder) => {
  it('are sent live as the reason of their refusal says', () => {
    expect(sentOf(`${folder}/types-refused-live-json`)).toEqual(valued.map(({ type, live }) => [type, live]));
  });

  it('are sent by snapshot as the reason of their refusal says', () => {
    expect(sentOf(`${folder}/types-refused-snapshot-json`)).toEqual(
      valued.map(({ type, bySnapshot }) => [type, bySnapshot]),
    );
  });
});
