import type { RowImage, RowKey } from '@rowbridge/change-event';
import { mapImage, parentsOf, type MappedImage, type TablePlan } from '@rowbridge/mapping';
import type { DirectionContext } from '../direction-context.js';
import { findTwinsByNaturalKey } from '../natural-twins.js';
import type { LookEntry, TargetTransaction } from '../ports.js';
import { TwinDirectory } from '../resolve-twins.js';
import { ownKeys, standingOwners } from '../twin-owners.js';

/** Both rows of one listed key. */
export interface LookedAt {
  readonly entry: LookEntry;
  /** The source row, carried over; null = no row. */
  readonly source: MappedImage | null;
  readonly target: { readonly key: RowKey; readonly row: RowImage } | null;
  /** The twin's key, whether or not its row exists; null where none is known. */
  readonly twinKey: RowKey | null;
  /** A link names the twin: whichever row is missing was there once. */
  readonly linked: boolean;
  /** The linked row is gone, and another that holds the natural key stands in for it. */
  readonly standsIn: boolean;
  /** The target row still has the key the source row had before its key changed. */
  readonly keyDiffers: boolean;
}

export interface LookReading {
  readonly table: TablePlan;
  readonly context: Pick<DirectionContext, 'source' | 'plan'>;
  readonly transaction: TargetTransaction;
}

/**
 * Reads and locks the target rows of the entries, and reads their source rows as they are now. The twin is looked for
 * by our own link, then the peer's, then the natural key, and the first whose row exists is taken.
 */
export async function readLookedAt(
  reading: LookReading,
  entries: readonly LookEntry[],
): Promise<readonly LookedAt[]> {
  const { table, context, transaction } = reading;
  const keys = entries.map((entry) => entry.key);
  const sourceRows = await context.source.readFittingRows(table, keys);
  const parents = await resolveParents(reading, [...sourceRows.values()]);
  const mapped = new Map(
    [...sourceRows].map(([key, image]): [RowKey, MappedImage] => [
      key,
      mapImage(table, image, parents.lookup),
    ]),
  );
  const { links, own } = await readLinks(reading, keys, sourceRows);
  const natural = await findUnlinkedTwins(reading, keys, mapped);
  const targetKeys = [...new Set([...[...links.values()].flat(), ...natural.values()])];
  const targetRows =
    targetKeys.length > 0
      ? await transaction.rows.readForUpdate(table, targetKeys)
      : new Map<RowKey, RowImage>();
  return entries.map((entry): LookedAt => {
    const linkedKeys = links.get(entry.key) ?? [];
    const standing = linkedKeys.find((key) => targetRows.has(key));
    const holder = standing === undefined ? natural.get(entry.key) : undefined;
    const twinKey = standing ?? holder ?? linkedKeys[0] ?? null;
    const row = twinKey === null ? undefined : targetRows.get(twinKey);
    return {
      entry,
      source: mapped.get(entry.key) ?? null,
      target: twinKey !== null && row ? { key: twinKey, row } : null,
      twinKey,
      linked: linkedKeys.length > 0,
      standsIn: linkedKeys.length > 0 && holder !== undefined && !table.sharesKeys,
      keyDiffers:
        table.sharesKeys && row !== undefined && twinKey !== entry.key && own.get(entry.key) === twinKey,
    };
  });
}

/** Twins no link names: rows that hold the same natural key or, where both sides share their keys, the same key. */
async function findUnlinkedTwins(
  { table, context, transaction }: LookReading,
  keys: readonly RowKey[],
  mapped: ReadonlyMap<RowKey, MappedImage>,
): Promise<ReadonlyMap<RowKey, RowKey>> {
  const reading = { table, transaction, source: context.source };
  if (table.sharesKeys) return new Map([...(await ownKeys(reading, keys))].map((key) => [key, key]));
  const { twins } = await findTwinsByNaturalKey(
    reading,
    keys.flatMap((key) => {
      const source = mapped.get(key);
      return source?.kind === 'mapped' ? [{ key, values: source.values }] : [];
    }),
  );
  return twins;
}

async function resolveParents(
  { table, context, transaction }: LookReading,
  rows: readonly RowImage[],
): Promise<TwinDirectory> {
  const twins = new TwinDirectory(transaction, context.source, context.plan);
  const parents = new Map<string, RowKey[]>();
  for (const { entity, sourceKey } of rows.flatMap((row) => parentsOf(table, row))) {
    parents.set(entity, [...(parents.get(entity) ?? []), sourceKey]);
  }
  for (const [entity, keys] of parents) await twins.resolve(entity, keys);
  return twins;
}

/**
 * The linked twins of each key, our own link (also answered alone) before the peer's. The link of a source row that is gone gives way to that
 * of another row that stands.
 */
async function readLinks(
  { table, context, transaction }: LookReading,
  keys: readonly RowKey[],
  sourceRows: ReadonlyMap<RowKey, RowImage>,
): Promise<{ links: ReadonlyMap<RowKey, RowKey[]>; own: ReadonlyMap<RowKey, RowKey> }> {
  const own = await transaction.identities.resolve(table.entity, keys);
  const peer = table.oneWay
    ? new Map<RowKey, RowKey>()
    : await context.source.readPeerIdentities(table.entity, keys);
  const ofGoneRows = keys
    .filter((key) => !sourceRows.has(key))
    .flatMap((key) => [own.get(key) ?? [], peer.get(key) ?? []].flat());
  const owners = await standingOwners({ table, transaction, source: context.source }, [
    ...new Set(ofGoneRows),
  ]);
  const links = new Map<RowKey, RowKey[]>();
  for (const key of keys) {
    const named = [own.get(key), peer.get(key)].filter((targetKey) => targetKey !== undefined);
    const kept = named.filter(
      (targetKey) =>
        sourceRows.has(key) || [...(owners.get(targetKey) ?? [])].every((owner) => owner === key),
    );
    if (kept.length > 0) links.set(key, [...new Set(kept)]);
  }
  return { links, own };
}
