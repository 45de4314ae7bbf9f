import type { SnapshotNotification } from 'debezium-connect-client';
import { countedRows } from './source-estimate.js';

export interface SnapshotTable {
  /** Entity name. */
  readonly entity: string;
  /** As the connector names it: `<schema or database>.<table>`. */
  readonly collection: string;
  readonly estimatedRows: number;
}

export type SnapshotState = 'waiting' | 'reading' | 'read' | 'stopped' | 'failed';

export interface TableReading {
  readonly entity: string;
  readonly state: 'waiting' | 'reading' | 'read' | 'failed';
  readonly estimatedRows: number;
  readonly rowsRead: number;
}

interface TableCount {
  readonly table: SnapshotTable;
  /** Last keys of the chunks read, so that a chunk read again after a restart counts once. Never shown. */
  readonly chunkEnds: Set<string>;
  state: TableReading['state'];
  rowsRead: number;
}

/** Of these a table's scan has read what there was. */
const soundScans: ReadonlySet<string> = new Set(['SUCCEEDED', 'EMPTY']);

/**
 * One connector's incremental snapshot as its notifications tell it. They tell how many rows a table had once it is
 * read; before, each notice stands for one chunk. A connector that is restarted goes on within a chunk and counts from
 * there: rows are then put together from the chunks before and its count, and are right to a few chunks.
 */
export class SnapshotProgress {
  readonly #counts: readonly TableCount[];
  readonly #chunkRows: number;
  #state: SnapshotState = 'waiting';
  #failure: string | null = null;
  #isStopExpected = false;

  constructor(tables: readonly SnapshotTable[], chunkRows: number) {
    this.#counts = tables.map((table) => ({ table, chunkEnds: new Set(), state: 'waiting', rowsRead: 0 }));
    this.#chunkRows = chunkRows;
  }

  get state(): SnapshotState {
    return this.#state;
  }

  /** Which table was not read, and Debezium's word for why; null while nothing went wrong. */
  get failure(): string | null {
    return this.#failure;
  }

  tables(): readonly TableReading[] {
    return this.#counts.map(({ table, state, rowsRead }) => ({
      entity: table.entity,
      state,
      estimatedRows: table.estimatedRows,
      rowsRead,
    }));
  }

  get rowsRead(): number {
    return this.#counts.reduce((sum, { rowsRead }) => sum + rowsRead, 0);
  }

  /** The connector is being told to stop. It confirms that by completing (Debezium 3.5.0: an abort has another id). */
  expectStop(): void {
    this.#isStopExpected = true;
  }

  /** Takes a notification of this snapshot; the same one may come twice. */
  take(notification: SnapshotNotification): void {
    if (this.#state === 'waiting') this.#state = 'reading';
    const count = this.#counts.find(({ table }) => table.collection === notification.dataCollection);
    switch (notification.type) {
      case 'IN_PROGRESS':
        if (count !== undefined) this.#countChunk(count, notification.lastProcessedKey ?? '');
        return;
      case 'TABLE_SCAN_COMPLETED':
        if (count !== undefined) this.#finishTable(count, notification);
        return;
      case 'COMPLETED':
        this.#complete();
        return;
      case 'ABORTED':
        if (this.#state === 'reading') this.#state = 'stopped';
        return;
      case 'SKIPPED':
        this.#fail('SKIPPED');
        return;
      case 'STARTED':
      case 'PAUSED':
      case 'RESUMED':
        return;
    }
  }

  #countChunk(count: TableCount, chunkEnd: string): void {
    if (count.state === 'read' || count.chunkEnds.has(chunkEnd)) return;
    count.chunkEnds.add(chunkEnd);
    count.state = 'reading';
    const chunks = count.chunkEnds.size;
    const atLeast = (chunks - 1) * this.#chunkRows + 1;
    count.rowsRead = Math.min(chunks * this.#chunkRows, Math.max(atLeast, count.table.estimatedRows));
  }

  #finishTable(count: TableCount, { totalRows, status }: SnapshotNotification): void {
    if (count.state === 'read') return;
    if (status !== null && !soundScans.has(status)) {
      count.state = 'failed';
      this.#fail(`${count.table.collection}: ${status}`);
      return;
    }
    count.state = 'read';
    if (totalRows === null) return;
    const chunksCounted = Math.ceil(totalRows / this.#chunkRows);
    const chunksBefore = Math.max(0, count.chunkEnds.size - chunksCounted);
    // A chunk begun before a restart is counted again by what follows: no more rows than were there are shown.
    const { estimatedRows } = count.table;
    const most = estimatedRows <= countedRows ? estimatedRows : Infinity;
    const together = Math.min(chunksBefore * this.#chunkRows + totalRows, most);
    count.rowsRead = chunksBefore === 0 ? totalRows : Math.max(together, totalRows);
  }

  #complete(): void {
    if (this.#state !== 'reading') return;
    const unread = this.#counts.filter(({ state }) => state !== 'read');
    if (unread.length > 0 && this.#isStopExpected) {
      this.#state = 'stopped';
      return;
    }
    if (unread.length > 0) {
      this.#fail(`${unread.map(({ table }) => table.collection).join(', ')}: not read`);
      return;
    }
    this.#state = 'read';
  }

  #fail(what: string): void {
    this.#failure ??= what;
    this.#state = 'failed';
  }
}
