const usualFetchRows = 10_000;

/** What a connector must be set to, together, to read so many rows at a time in incremental snapshots. */
export interface ChunkSettings {
  readonly 'snapshot.fetch.size': number;
  readonly 'incremental.snapshot.chunk.size': number;
}

/**
 * A chunk must be fetched at once, and one more row be asked for, to learn that none follows: between two fetches the
 * PostgreSQL connector of Debezium 3.5 ends the transaction that the rest would come from, and the snapshot of the table
 * fails (`portal does not exist`, seen at 3.5.0).
 * @param chunkRows 1 or more; the connector holds them all in memory
 */
export function chunkSettings(chunkRows: number): ChunkSettings {
  return {
    'snapshot.fetch.size': Math.max(usualFetchRows, chunkRows + 1),
    'incremental.snapshot.chunk.size': chunkRows,
  };
}
