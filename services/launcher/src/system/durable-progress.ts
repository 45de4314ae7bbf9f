import type { PairDatabases } from './pair-databases.js';

/** What both databases say of the two directions: it outlives the services. */
export interface DurableProgress {
  /** Next offset by `<topic>/<partition>`, both directions. */
  readonly applied: ReadonlyMap<string, bigint>;
  /** Keys awaiting a second look, by direction; none is not in it. */
  readonly openLooks: ReadonlyMap<string, number>;
  /** Ids of settled and open conflicts, one for the pair. */
  readonly conflicts: ReadonlySet<string>;
}

const appliedQuery = 'select topic, partition_number, next_offset from rowbridge.applied_offsets';
const looksQuery = 'select direction, count(*) from rowbridge.second_looks group by direction';
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
    openLooks: new Map(looks.map(([direction, count]) => [String(direction), Number(count)])),
    conflicts: new Set(conflicts.map(([conflictId]) => String(conflictId))),
  };
}

/** Keys awaiting a second look in both directions. */
export function countOpenLooks({ openLooks }: DurableProgress): number {
  return [...openLooks.values()].reduce((sum, count) => sum + count, 0);
}
