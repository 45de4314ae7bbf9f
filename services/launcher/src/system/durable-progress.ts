import type { PairDatabases } from './pair-databases.js';

/** What both databases say of the two directions: it outlives the services. */
export interface DurableProgress {
  /** Next offset by `<topic>/<partition>`, both directions. */
  readonly applied: ReadonlyMap<string, bigint>;
  /** Keys awaiting a second look, by direction; none is not in it. */
  readonly openLooks: ReadonlyMap<string, number>;
  /** The same in words, without their keys: direction, table, reason, phase and attempts, the oldest first. */
  readonly describedLooks: readonly string[];
  /** Ids of settled and open conflicts, one for the pair. */
  readonly conflicts: ReadonlySet<string>;
}

const appliedQuery = 'select topic, partition_number, next_offset from rowbridge.applied_offsets';
const looksQuery = `select direction, table_name, reason, phase, attempts from rowbridge.second_looks
  order by first_seen_ms`;
const conflictsQuery = 'select conflict_id from rowbridge.conflicts';

type TextRow = readonly (string | null)[];

/** Reads the bookkeeping tables of both databases. The services have made them by the time they are ready. */
export async function readDurableProgress(databases: PairDatabases): Promise<DurableProgress> {
  const askLegacy = async (text: string): Promise<readonly TextRow[]> =>
    (await databases.legacyPool.query<(string | null)[]>({ text, rowMode: 'array' })).rows;
  const askRevamp = async (sql: string): Promise<readonly TextRow[]> => {
    const [rows] = await databases.revampPool.query({ sql, rowsAsArray: true });
    return rows as unknown as readonly TextRow[];
  };
  const askBoth = async (query: string): Promise<readonly TextRow[]> =>
    (await Promise.all([askLegacy(query), askRevamp(query)])).flat();
  const [applied, looks, conflicts] = await Promise.all([
    askBoth(appliedQuery),
    askBoth(looksQuery),
    askBoth(conflictsQuery),
  ]);
  return {
    applied: new Map(applied.map(([topic, partition, next]) => [`${topic}/${partition}`, BigInt(next ?? 0)])),
    openLooks: countByDirection(looks),
    describedLooks: looks.map(
      ([direction, table, reason, phase, attempts]) =>
        `${direction} ${table} ${reason}, ${phase}, attempt ${Number(attempts) + 1}`,
    ),
    conflicts: new Set(conflicts.map(([conflictId]) => String(conflictId))),
  };
}

function countByDirection(looks: readonly TextRow[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const [direction] of looks) counts.set(String(direction), (counts.get(String(direction)) ?? 0) + 1);
  return counts;
}

/** Keys awaiting a second look in both directions. */
export function countOpenLooks({ openLooks }: DurableProgress): number {
  return [...openLooks.values()].reduce((sum, count) => sum + count, 0);
}
