import type { RowImage, RowKey } from '@rowbridge/change-event';
import { mapImage, parentsOf, type MappedImage, type TablePlan } from '@rowbridge/mapping';
import type { DirectionContext } from '../direction-context.js';
import { findTwinsByNaturalKey } from '../natural-twins.js';
import type { LookEntry, TargetTransaction } from '../ports.js';
import { TwinDirectory } from '../resolve-twins.js';

/** Both rows of one listed key. */
export interface LookedAt {
  readonly entry: LookEntry;
  /** The source row, carried over; null = no row. */
  readonly source: MappedImage | null;
  readonly target: { readonly key: RowKey; readonly row: RowImage } | null;
  /** The linked twin's key, whether or not its row exists; null where no link is known. */
  readonly linkedKey: RowKey | null;
}

export interface LookReading {
  readonly table: TablePlan;
  readonly context: Pick<DirectionContext, 'source'>;
  readonly transaction: TargetTransaction;
}

/**
 * Reads and locks the target rows of the entries, and reads their source rows as they are now. The twin is the row our
 * own link names, else the one the peer's names (a key of the target may have moved), else the natural key's holder.
 */
export async function readLookedAt(
  reading: LookReading,
  entries: readonly LookEntry[],
): Promise<readonly LookedAt[]> {
  const { table, context, transaction } = reading;
  const keys = entries.map((entry) => entry.key);
  const sourceRows = await context.source.readRows(table, keys);
  const twins = await resolveParents(reading, [...sourceRows.values()]);
  const mapped = new Map(
    [...sourceRows].map(([key, image]): [RowKey, MappedImage] => [key, mapImage(table, image, twins.lookup)]),
  );
  const links = await readLinks(reading, keys);
  const unlinked = keys.flatMap((key) => {
    const source = mapped.get(key);
    return !links.has(key) && source?.kind === 'mapped' ? [{ key, values: source.values }] : [];
  });
  const natural = await findTwinsByNaturalKey({ table, transaction, source: context.source }, unlinked);
  const targetKeys = [...new Set([...[...links.values()].flat(), ...natural.values()])];
  const targetRows =
    targetKeys.length > 0
      ? await transaction.rows.readForUpdate(table, targetKeys)
      : new Map<RowKey, RowImage>();
  return entries.map((entry): LookedAt => {
    const linkedKeys = links.get(entry.key) ?? [];
    const linkedKey = linkedKeys.find((key) => targetRows.has(key)) ?? linkedKeys[0] ?? null;
    const targetKey = linkedKey ?? natural.get(entry.key);
    const row = targetKey === undefined ? undefined : targetRows.get(targetKey);
    return {
      entry,
      source: mapped.get(entry.key) ?? null,
      target: targetKey !== undefined && row ? { key: targetKey, row } : null,
      linkedKey,
    };
  });
}

async function resolveParents(
  { table, context, transaction }: LookReading,
  rows: readonly RowImage[],
): Promise<TwinDirectory> {
  const twins = new TwinDirectory(transaction, context.source);
  const parents = new Map<string, RowKey[]>();
  for (const { entity, sourceKey } of rows.flatMap((row) => parentsOf(table, row))) {
    parents.set(entity, [...(parents.get(entity) ?? []), sourceKey]);
  }
  for (const [entity, keys] of parents) await twins.resolve(entity, keys);
  return twins;
}

/** Candidate twins of each key: our own link first, then the peer's where our own mappings do not give it away. */
async function readLinks(
  { table, context, transaction }: LookReading,
  keys: readonly RowKey[],
): Promise<ReadonlyMap<RowKey, RowKey[]>> {
  const own = await transaction.identities.resolve(table.entity, keys);
  const peer = await context.source.readPeerIdentities(table.entity, keys);
  const owners = await transaction.identities.resolveReverse(table.entity, [...new Set(peer.values())]);
  const links = new Map<RowKey, RowKey[]>();
  for (const key of keys) {
    const ownTwin = own.get(key);
    const peerTwin = peer.get(key);
    const candidates = ownTwin === undefined ? [] : [ownTwin];
    const peerIsOurs = peerTwin !== undefined && (owners.get(peerTwin) ?? key) === key;
    if (peerIsOurs && peerTwin !== ownTwin) candidates.push(peerTwin);
    if (candidates.length > 0) links.set(key, candidates);
  }
  return links;
}
