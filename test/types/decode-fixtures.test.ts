import { canonicalFromEvent } from '@rowbridge/change-event';
import type { ChangeEvent, DecodedRecord, LogicalValue } from '@rowbridge/change-event';
import { capturedEngines, codecs } from './captured-engines.js';
import { nullLabel } from './origin-rows.js';
import { largeColumnNames } from './large-values.js';
import { labelOf } from './type-column.js';
import type { EngineName, TypeCase, TypeColumn } from './type-column.js';
import { fixtureDecoder, rawRecord, readTypesFixture } from './type-fixture.js';
import type { TypesFixture } from './type-fixture.js';
import { columnsOf } from './type-leg.js';

async function decodeAll(fixture: TypesFixture): Promise<ReadonlyMap<string, DecodedRecord>> {
  const records = fixture.records.map((record, index) => rawRecord(fixture, record, index));
  const decoded = await fixtureDecoder(fixture).decode(records);
  return new Map(fixture.records.map(({ label }, index) => [label, decoded[index] as DecodedRecord]));
}

function eventOf(decoded: DecodedRecord | undefined): ChangeEvent {
  if (decoded?.kind === 'change') return decoded.event;
  throw decoded?.kind === 'undecodable' ? decoded.error : new Error('no change');
}

/** As the mapping reads it; the code of the refusal where it cannot. */
function readCase(column: TypeColumn, decoded: DecodedRecord | undefined): LogicalValue | undefined {
  try {
    const value = eventOf(decoded).after?.[column.name];
    return value === undefined ? undefined : canonicalFromEvent(column.logical, value);
  } catch (error) {
    return (error as { readonly code: string }).code;
  }
}

/** What targets refuse has a canonical form, or is refused by the mapping already. */
function expectedOf({ value, refusals }: TypeCase): readonly (LogicalValue | undefined)[] {
  const codes = Object.values(refusals);
  return value === null && codes.length > 0 ? codes : [value, ...codes];
}

type CaseValue = readonly [label: string, value: LogicalValue | undefined];

/** What snapshots get wrong is absent, so that the row is read again: see the row converter. */
function isDoubtful(engine: EngineName, { type, logical }: TypeColumn, value: LogicalValue): boolean {
  if (engine === 'mariadb' && type === 'float') return true;
  if (engine !== 'postgres') return logical === 'time' || (type === 'year' && value === '0');
  const isDay = logical === 'date' || logical === 'wall_clock' || logical === 'instant';
  return isDay && value !== null && (value === 'out_of_range' || (/^\d/.test(value) && value < '1582-10-25'));
}

describe.each(
  capturedEngines.flatMap(([folder, engine]) => codecs.map((codec) => [folder, codec, engine] as const)),
)('captured from %s in %s', (folder, codec, engine) => {
  const columns = columnsOf(engine);
  let live: ReadonlyMap<string, DecodedRecord>;
  let snapshot: ReadonlyMap<string, DecodedRecord>;

  beforeAll(async () => {
    live = await decodeAll(readTypesFixture(`${folder}/types-live-${codec}`));
    snapshot = await decodeAll(readTypesFixture(`${folder}/types-snapshot-${codec}`));
  });

  it('a row read by snapshot is told from a change', () => {
    expect(eventOf(live.get(nullLabel))).toMatchObject({ operation: 'create', snapshot: 'live' });
    expect(eventOf(snapshot.get(nullLabel))).toMatchObject({ operation: 'read', snapshot: 'initial' });
  });

  it('NULL of every type is NULL', () => {
    const { after } = eventOf(live.get(nullLabel));
    expect(columns.filter(({ name }) => after?.[name] !== null).map(({ type }) => type)).toEqual([]);
  });

  it.each(columns.map((column) => [column.type, column] as const))(
    '%s is what was written',
    (_type, column) => {
      const present = column.cases
        .map((each, index) => ({ each, label: labelOf(column, index) }))
        .filter(({ label }) => live.has(label));
      expect(present.length).toBeGreaterThan(0);
      for (const { each, label } of present) {
        expect(expectedOf(each)).toContainEqual(readCase(column, live.get(label)));
      }
    },
  );

  it.each(columns.map((column) => [column.type, column] as const))(
    '%s is the same live and by snapshot, or absent there',
    (_type, column) => {
      const labels = column.cases
        .map((_each, index) => labelOf(column, index))
        .filter((label) => snapshot.has(label));
      const read = (records: ReadonlyMap<string, DecodedRecord>): CaseValue[] =>
        labels.map((label) => [label, readCase(column, records.get(label))]);
      const expected = read(live).map(([label, value]) => [
        label,
        value !== undefined && isDoubtful(engine, column, value) ? undefined : value,
      ]);
      expect(read(snapshot)).toEqual(expected);
    },
  );
});

describe.each(['postgres-16', 'postgres-17', 'postgres-18'])(
  'a large value left alone, from %s',
  (folder) => {
    it.each(codecs)('is absent in %s, whatever its type', async (codec) => {
      const decoded = await decodeAll(readTypesFixture(`${folder}/types-unchanged-${codec}`));
      const { after } = eventOf(decoded.get('unchanged'));
      expect(after).toMatchObject({ note: 'edited' });
      expect(largeColumnNames.filter((name) => after?.[name] !== undefined)).toEqual([]);
    });
  },
);
