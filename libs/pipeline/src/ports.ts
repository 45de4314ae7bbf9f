import type { RawRecord, RowImage, RowKey, SourcePosition } from '@rowbridge/change-event';
import type { TablePlan } from '@rowbridge/mapping';

/*
 * What the row's path asks of the two databases and of Kafka. Owned by the pipeline, implemented by the writers
 * (target), by database-access (source) and by the direction host (dead letters). Values are logical values by
 * target or source column name; implementations bind them exactly or throw a RowbridgeError, and raise every other
 * failure as a RowbridgeError whose disposition says whose fault it is. Maps hold no entry for what was not found.
 */

/** The database one direction writes. */
export interface TargetDatabase {
  /**
   * Runs `work` in one READ COMMITTED transaction under the direction's log origin, where the server has one;
   * commits when it resolves, rolls back when it rejects.
   */
  transaction<Result>(work: (transaction: TargetTransaction) => Promise<Result>): Promise<Result>;
  /** Unique keys of the target table besides its primary key, as target column names; mapped columns only. */
  uniqueKeys(table: TablePlan): readonly UniqueKey[];
  /** A text that the mapped text column can hold for a moment and nobody else writes, or null where it holds none. */
  placeholder(table: TablePlan, column: string): string | null;
  /** The end of the target's own log, now. */
  readLogEnd(): Promise<SourcePosition>;
}

export type UniqueKey = readonly string[];

export interface TargetTransaction {
  readonly ledger: EventLedger;
  readonly keys: KeyRegister;
  readonly identities: IdentityRegister;
  readonly rows: RowWriter;
  readonly looks: LookList;
  readonly conflicts: ConflictLog;
}

/** `applied_offsets` and `processed_events`: the fence and the claims. */
export interface EventLedger {
  /**
   * Moves the partition's next offset by compare-and-swap and holds its row until the transaction ends.
   * @throws FenceLostError when the stored next offset is not `expected` (null: no row yet)
   */
  advance(fence: FenceAdvance): Promise<void>;
  /** Claims event ids; answers the ones that were new. Input ids are distinct. */
  claim(eventIds: readonly string[]): Promise<ReadonlySet<string>>;
}

export interface FenceAdvance {
  readonly topic: string;
  readonly partition: number;
  readonly expected: bigint | null;
  readonly next: bigint;
  /** Highest commit position seen on the partition, and the latest commit time, milliseconds. */
  readonly highWater: PartitionHighWater;
  /** Fingerprint of the record at `next - 1`. */
  readonly fingerprint: string;
}

export interface PartitionHighWater {
  readonly position: SourcePosition | null;
  readonly committedAtMs: number;
}

/** `row_versions` with what else is known of a source key, in one read. */
export interface KeyRegister {
  /** Locks nothing. Includes the key's identity (`targetKey`, this database's own mapping) and whether it awaits a second look. */
  read(table: TablePlan, keys: readonly RowKey[]): Promise<ReadonlyMap<RowKey, KeyState>>;
  /**
   * Keeps other transactions from reading keys for a replay or saving them until this one ends. Keys are distinct; one
   * that nothing is known of is entered as such.
   */
  lock(table: TablePlan, keys: readonly RowKey[]): Promise<void>;
  /**
   * Inserts or replaces. Keys are distinct. `position`, `spentStamp` and `generation` never go back, whoever saves the
   * key at the same time: the greater is kept.
   */
  save(table: TablePlan, changes: readonly KeyVersion[]): Promise<void>;
}

export interface KeyVersion {
  readonly key: RowKey;
  /** Greatest source position seen of the row's live events, or null before the first. */
  readonly position: SourcePosition | null;
  /** Position named by the latest stamp of the reverse direction that came back, or null. */
  readonly spentStamp: SourcePosition | null;
  /** The row's last change was its deletion (or its move to another key). */
  readonly deleted: boolean;
  /** Settled conflicts of the key. */
  readonly generation: number;
}

export interface KeyState extends KeyVersion {
  readonly targetKey: RowKey | null;
  readonly awaitsLook: boolean;
}

/** `entity_mappings` of the target: which target row is a source row's twin. */
export interface IdentityRegister {
  /** Target keys by source key. */
  resolve(entity: string, sourceKeys: readonly RowKey[]): Promise<ReadonlyMap<RowKey, RowKey>>;
  /** Source keys by target key. */
  resolveReverse(entity: string, targetKeys: readonly RowKey[]): Promise<ReadonlyMap<RowKey, RowKey>>;
  /** Records twins; an older link of either key gives way. */
  link(entity: string, links: readonly IdentityLink[]): Promise<void>;
}

export interface IdentityLink {
  readonly sourceKey: RowKey;
  readonly targetKey: RowKey;
}

/** Rows of the target table. Keys within a call are distinct; rows are locked and written in key order. */
export interface RowWriter {
  /** Reads and locks (FOR UPDATE) rows by primary key; images hold the mapped target columns and `sync_source` never. */
  readForUpdate(table: TablePlan, keys: readonly RowKey[]): Promise<ReadonlyMap<RowKey, RowImage>>;
  /**
   * Which row holds each tuple of values, compared as the database compares them in that unique or natural key.
   * @param tuples values in the order of `columns`; none null
   * @returns target key by index of the tuple; where several rows hold one tuple, the one with the lowest key
   */
  findHolders(
    table: TablePlan,
    columns: readonly string[],
    tuples: readonly (readonly string[])[],
  ): Promise<ReadonlyMap<number, RowKey>>;
  /** Inserts rows, in input order; the database assigns the key where `key` is null. Answers the keys in input order. */
  insert(table: TablePlan, rows: readonly RowInsert[]): Promise<readonly RowKey[]>;
  /** Updates by primary key; columns not in `values` are left alone. Never touches another row. */
  update(table: TablePlan, rows: readonly RowUpdate[]): Promise<void>;
  /** Deletes by primary key; with a stamp, first stamps the row (`sync_source`), then deletes it. */
  remove(table: TablePlan, rows: readonly RowRemoval[]): Promise<void>;
}

export interface RowInsert {
  readonly key: RowKey | null;
  readonly values: RowImage;
  /** Text for `sync_source`, or null to leave the column alone. */
  readonly stamp: string | null;
}

export interface RowUpdate {
  readonly key: RowKey;
  /** The key the row has afterwards, where it changes; no other row of the table has it. */
  readonly newKey?: RowKey;
  readonly values: RowImage;
  readonly stamp: string | null;
}

export interface RowRemoval {
  readonly key: RowKey;
  readonly stamp: string | null;
}

/** Why a key is looked at a second time. */
export type LookReason =
  | 'insert_exists'
  | 'update_missing'
  | 'update_origin_differs'
  | 'delete_missing'
  | 'delete_origin_differs'
  | 'snapshot_differs'
  | 'stamp_mismatch'
  | 'key_changed'
  | 'absent_column'
  | 'missing_parent'
  | 'children_remain'
  | 'unique_value_held'
  | 'handed_over'
  | 'requested';

/** `second_looks`: keys in doubt. One entry a key. */
export interface LookList {
  /** Lists keys; a key listed already becomes due at once and doubtful if either entry is. Keys are distinct. */
  list(table: TablePlan, entries: readonly NewLook[]): Promise<void>;
  /**
   * Locks the entries of the keys until the transaction ends, waiting for whoever has them in work; answers the keys that
   * are listed still.
   */
  hold(table: TablePlan, keys: readonly RowKey[]): Promise<ReadonlySet<RowKey>>;
  /** Entries of the table that are due at `nowMs`, locked with SKIP LOCKED, oldest first. */
  takeDue(
    table: TablePlan,
    request: { readonly nowMs: number; readonly limit: number },
  ): Promise<readonly LookEntry[]>;
  /** Stores phase, noted state, attempts and due time. */
  save(table: TablePlan, entries: readonly LookEntry[]): Promise<void>;
  close(table: TablePlan, keys: readonly RowKey[]): Promise<void>;
}

export interface NewLook {
  readonly key: RowKey;
  readonly reason: LookReason;
  /** The comparison held, but something else stands in the way: a parent, children, a unique value. */
  readonly blocked: boolean;
  /** Digest of the target row when listed; null where there was none. */
  readonly targetDigest: string | null;
  readonly dueAtMs: number;
}

export type LookPhase = 'listed' | 'noted' | 'drained' | 'open_conflict';

export interface LookEntry extends NewLook {
  readonly phase: LookPhase;
  /** JSON of {@link NotedState}, null in phase `listed`. */
  readonly noted: string | null;
  readonly attempts: number;
  readonly firstSeenMs: number;
}

/** `conflicts`: each edit that lost. Recording an id that is there already changes nothing. */
export interface ConflictLog {
  record(conflicts: readonly ConflictRecord[]): Promise<void>;
}

export type ConflictType =
  | 'insert_exists'
  | 'update_missing'
  | 'update_origin_differs'
  | 'delete_missing'
  | 'delete_origin_differs'
  | 'unique_violation';

export interface ConflictRecord {
  /** Hash of pair, entity, logical key and generation: one entry for the pair. */
  readonly id: string;
  readonly pair: string;
  readonly entity: string;
  readonly direction: string;
  readonly sourceKey: RowKey;
  readonly targetKey: RowKey | null;
  readonly type: ConflictType;
  /** The policy that decided, such as `last_write_wins`, or `manual` while open. */
  readonly resolution: string;
  readonly winningSide: string | null;
  /** Both rows in target column names; null = no row. */
  readonly sourceRow: RowImage | null;
  readonly targetRow: RowImage | null;
  readonly generation: number;
}

/** The database one direction reads: never written by it. */
export interface SourceDatabase {
  /** Rows by primary key as they are now; images hold the mapped source columns. Locks nothing. */
  readRows(table: TablePlan, keys: readonly RowKey[]): Promise<ReadonlyMap<RowKey, RowImage>>;
  /**
   * The same for rows that are to be written, taken only where the table still fits once they are read.
   * @throws RowbridgeError of a table that waits (`column_missing` …)
   */
  readFittingRows(table: TablePlan, keys: readonly RowKey[]): Promise<ReadonlyMap<RowKey, RowImage>>;
  /** Twins the reverse direction recorded in the source's own `entity_mappings`: target key by source key. */
  readPeerIdentities(entity: string, sourceKeys: readonly RowKey[]): Promise<ReadonlyMap<RowKey, RowKey>>;
  /** The same twins the other way round: source key by target key. */
  readPeerIdentitiesReverse(
    entity: string,
    targetKeys: readonly RowKey[],
  ): Promise<ReadonlyMap<RowKey, RowKey>>;
  /** The end of the source's log, now. */
  readLogEnd(): Promise<SourcePosition>;
}

/** Takes records that cannot be applied. Resolves when the broker has acknowledged (`acks=all`). */
export interface DeadLetterSink {
  /** @throws RowbridgeError `dead_letter_queue_unwritable` */
  send(letters: readonly DeadLetter[]): Promise<void>;
}

export interface DeadLetter {
  readonly record: RawRecord;
  readonly eventId: string | null;
  readonly errorCode: string;
  /** What, where, what to do; no row values. */
  readonly message: string;
  readonly stage: 'decode' | 'map' | 'write' | 'second_look';
  readonly attempts: number;
}
