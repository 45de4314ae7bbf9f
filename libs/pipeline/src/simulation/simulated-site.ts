import {
  formatSourcePosition,
  type ChangeEvent,
  type RowImage,
  type RowKey,
  type SourcePosition,
} from '@rowbridge/change-event';
import type { TableSide } from '@rowbridge/mapping';
import { stampColumn } from '../decisions/sync-stamp.js';

/** A change in one site's log, with what the model knows and the pipeline does not. */
export interface LogEntry {
  readonly event: ChangeEvent;
  /** Place in the log in commit order. */
  readonly index: number;
  readonly bySync: boolean;
  /** Delivered before: must change nothing. */
  readonly redelivered: boolean;
}

export interface RowChange {
  readonly key: RowKey;
  readonly before: RowImage | null;
  readonly after: RowImage | null;
  readonly position: SourcePosition;
  readonly movedFrom?: RowKey;
  readonly movedTo?: RowKey;
}

export interface SiteOptions {
  readonly table: TableSide;
  readonly timeColumn: string;
  /** Log origin filter: sync writes never reach the topic. */
  readonly dropsSyncWrites: boolean;
  /** Told of each committed row: its e-mail and its image, null when gone. */
  readonly onRow: (email: string, row: RowImage | null) => void;
}

/** A database of one table, with its log as the connector delivers it: in order for each key. */
export class SimulatedSite {
  readonly rows = new Map<RowKey, RowImage>();
  /** The latest time a row of this e-mail has had here. */
  readonly latestTimes = new Map<string, string>();
  readonly keyByEmail = new Map<string, RowKey>();
  readonly queues = new Map<RowKey, LogEntry[]>();
  readonly delivered: LogEntry[] = [];
  /** An application's transaction that has written but not committed. */
  open: RowChange[] = [];
  logLength = 0;
  private lastLsn = 0;
  private lastId = 0;
  private readonly timeColumn: string;

  constructor(private readonly options: SiteOptions) {
    this.timeColumn = options.timeColumn;
  }

  nextKey(): RowKey {
    this.lastId += 1;
    return String(this.lastId);
  }

  /** A write's place in the log; also the log's end just after it. */
  nextPosition(): SourcePosition {
    this.lastLsn += 1;
    return this.logEnd();
  }

  logEnd(): SourcePosition {
    return positionOf(this.lastLsn);
  }

  /** Whether the open transaction holds the row or the e-mail, so that another writer would have to wait. */
  isLocked(key: RowKey | null, email: string | null): boolean {
    return this.open.some(
      (change) =>
        change.key === key ||
        change.movedFrom === key ||
        (email !== null && (change.before ?? change.after)?.['email'] === email),
    );
  }

  commit(changes: readonly RowChange[], bySync: boolean): void {
    for (const change of changes) {
      const email = (change.after ?? change.before)?.['email'] as string;
      if (change.after === null) {
        this.rows.delete(change.key);
        if (this.keyByEmail.get(email) === change.key) this.keyByEmail.delete(email);
      } else {
        this.rows.set(change.key, change.after);
        this.keyByEmail.set(email, change.key);
        const time = change.after[this.timeColumn] ?? '';
        if (time > (this.latestTimes.get(email) ?? '')) this.latestTimes.set(email, time);
      }
      if (change.movedTo === undefined) this.options.onRow(email, change.after);
      if (!bySync || !this.options.dropsSyncWrites) this.append(change, bySync);
    }
  }

  commitOpen(): readonly RowChange[] {
    const changes = this.open;
    this.open = [];
    this.commit(changes, false);
    return changes;
  }

  /** A snapshot reads the row as it is committed now. */
  snapshot(key: RowKey, kind: 'initial' | 'incremental'): void {
    const row = this.rows.get(key);
    if (row)
      this.enqueue(
        {
          ...this.describe({ key, before: null, after: row, position: this.logEnd() }),
          operation: 'read',
          snapshot: kind,
        },
        false,
      );
  }

  /** Delivers an earlier entry again, behind what is waiting. */
  redeliver(entry: LogEntry): void {
    this.queueOf(entry.event.key).push({ ...entry, redelivered: true });
  }

  /** Whether every change committed before the log had `length` entries has been consumed. */
  isConsumedTo(length: number): boolean {
    for (const queue of this.queues.values()) {
      for (const entry of queue) {
        if (!entry.redelivered) {
          if (entry.index < length) return false;
          break;
        }
      }
    }
    return true;
  }

  waitingKeys(): readonly RowKey[] {
    const keys: RowKey[] = [];
    for (const [key, queue] of this.queues) if (queue.length > 0) keys.push(key);
    return keys;
  }

  private append(change: RowChange, bySync: boolean): void {
    this.enqueue(this.describe(change), bySync);
  }

  private enqueue(event: ChangeEvent, bySync: boolean): void {
    this.queueOf(event.key).push({ event, index: this.logLength, bySync, redelivered: false });
    this.logLength += 1;
  }

  private describe(change: RowChange): ChangeEvent {
    const created = change.before === null;
    return {
      eventId: `${this.options.table.side.name}-${this.logLength}`,
      operation: created ? 'create' : change.after === null ? 'delete' : 'update',
      snapshot: 'live',
      connector: this.options.table.side.topicPrefix,
      schema: this.options.table.schema,
      table: this.options.table.table,
      key: change.key,
      before: change.before,
      after: change.after,
      position: change.position,
      commitPosition: null,
      committedAtMs: 0,
      estimatedCommitMs: 0,
      movedFrom: change.movedFrom ?? null,
      movedTo: change.movedTo ?? null,
      traceparent: null,
    };
  }

  private queueOf(key: RowKey): LogEntry[] {
    let queue = this.queues.get(key);
    if (!queue) this.queues.set(key, (queue = []));
    return queue;
  }
}

/** The row with another stamp. */
export function stamped(row: RowImage, stamp: string | null): RowImage {
  return { ...row, [stampColumn]: stamp };
}

const knownPositions: SourcePosition[] = [];

function positionOf(lsn: number): SourcePosition {
  return (knownPositions[lsn] ??= formatSourcePosition({
    epoch: 1,
    major: BigInt(lsn),
    middle: 0n,
    minor: 0,
  }));
}
