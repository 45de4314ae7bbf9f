import type { RawRecord, RowImage } from '@rowbridge/change-event';
import { openTypeDirection, readSourceRows } from './carry-records.js';
import type { Refusal, TypeDirection } from './carry-records.js';
import { compareTables } from './compare-tables.js';
import type { TypeStack } from './type-stack.js';
import { originTable, relayTable, returnTable, typePair } from './type-leg.js';
import type { TypeLeg } from './type-leg.js';
import type { EngineName } from './type-column.js';

/** What became of one row on its way out and back. */
export interface RowResult {
  /** Why it did not reach the relay, or not come back from there; null where it did. */
  readonly refusedOut: Refusal | null;
  readonly refusedBack: Refusal | null;
  /** The relay's row as its writer and second looks read it; null where there is none. */
  readonly relayed: RowImage | null;
  /** Columns whose value at the end is not the value at the beginning; null where no row came back. */
  readonly differing: readonly string[] | null;
}

/** Results by label. */
export type LegResult = ReadonlyMap<string, RowResult>;

/**
 * Carries an engine's captured rows into the leg's relay, and what its connector captures there back to the origin.
 * @param records the origin table's topic, whole
 */
export async function runLeg(
  stack: TypeStack,
  leg: TypeLeg,
  records: readonly RawRecord[],
): Promise<LegResult> {
  const decoder = stack.decoder();
  const out = await openHop(stack, leg, 'out');
  const back = await openHop(stack, leg, 'back');
  try {
    const refusedOut = await out.carry(records, decoder);
    const relayIds = await idsByLabel(stack, leg.relay, relayTable(leg));
    const relayRecords = await stack.readTopic(stack.topicOf(leg.relay, relayTable(leg)), relayIds.size);
    const refusedBack = await back.carry(relayRecords, decoder);
    const relayed = await readSourceRows(back, [...relayIds.values()]);
    const differing = await compareTables(stack.databases[leg.origin], leg);
    const results = new Map<string, RowResult>();
    for (const [label, id] of await idsByLabel(stack, leg.origin, originTable)) {
      const relayId = relayIds.get(label) ?? '';
      results.set(label, {
        refusedOut: refusedOut.get(id) ?? null,
        refusedBack: refusedBack.get(relayId) ?? null,
        relayed: relayed.get(relayId) ?? null,
        differing: differing.get(label) ?? null,
      });
    }
    await requireAbsentLeftAlone(out, relayed);
    return results;
  } finally {
    await Promise.all([out.close(), back.close()]);
  }
}

async function openHop(stack: TypeStack, leg: TypeLeg, way: 'out' | 'back'): Promise<TypeDirection> {
  const place = (engine: EngineName, table: string): Parameters<typeof typePair>[2]['from'] => ({
    engine,
    schema: stack.schemaOf(engine),
    table,
    topicPrefix: `types_${engine}`,
  });
  const relay = place(leg.relay, relayTable(leg));
  const [from, into] =
    way === 'out' ? [place(leg.origin, originTable), relay] : [relay, place(leg.origin, returnTable(leg))];
  return openTypeDirection(typePair(`types-${leg.name}-${way}`, leg.columns, { from, into }), {
    from: stack.databases[from.engine].url,
    into: stack.databases[into.engine].url,
  });
}

async function idsByLabel(
  stack: TypeStack,
  engine: EngineName,
  table: string,
): Promise<ReadonlyMap<string, string>> {
  const rows = await stack.databases[engine].run(`select id, label from ${table} order by id`);
  return new Map(rows.map(({ id, label }) => [String(label), String(id)]));
}

/** An update's event holds the row twice: of the largest values that is more than the broker takes. */
const largestUpdated = 1_000_000;

/** An update that knows nothing of a column leaves it alone, whatever its type. */
async function requireAbsentLeftAlone(
  { plan, target }: TypeDirection,
  before: ReadonlyMap<string, RowImage>,
): Promise<void> {
  const [table] = plan.tables;
  if (!table) throw new Error('the pair has no table');
  const small = [...before].filter(([, image]) => JSON.stringify(image).length < largestUpdated);
  const keys = small.map(([key]) => key);
  const after = await target.transaction(async ({ rows }) => {
    await rows.update(
      table,
      keys.map((key) => ({ key, values: { note: 'edited' }, stamp: null })),
    );
    return rows.readForUpdate(table, keys);
  });
  for (const [key, image] of small) {
    const expected = JSON.stringify({ ...image, note: 'edited' });
    if (JSON.stringify(after.get(key)) !== expected)
      throw new Error(`an absent column of row ${key} has changed`);
  }
}
