/** `sync_state`: settings by key, as JSON. */
export interface SyncStateRow {
  readonly name: string;
  readonly content: string;
  readonly version: number;
  readonly changed_at_ms: number;
}

/** `sync_history`: one row a sync run; lists and progress as JSON. */
export interface SyncHistoryRow {
  readonly id: string;
  readonly system_name: string;
  /** The system while the run is running, else null: unique, so that a second running one cannot be. */
  readonly running_slot: string | null;
  readonly status: string;
  readonly started_by: string;
  readonly actor: string;
  readonly directions: string;
  readonly tables: string;
  readonly key_filter: string | null;
  readonly resets: number;
  readonly progress: string;
  readonly signals: string;
  readonly conflicts: number;
  readonly error: string | null;
  readonly started_at_ms: number;
  readonly updated_at_ms: number;
  readonly ended_at_ms: number | null;
}

/** `audit_log`: one row a change. */
export interface AuditLogRow {
  readonly id: string;
  readonly at_ms: number;
  readonly actor: string;
  readonly action: string;
  readonly target: string;
  readonly before_change: string | null;
  readonly after_change: string | null;
  readonly result: string;
  readonly trace_id: string | null;
}

/** `dead_letters`: index and status of the dead letter queue; the payload stays in Kafka. */
export interface DeadLetterRow {
  /** `<partition>-<offset>` of the entry's first record in the queue. */
  readonly id: string;
  readonly status: string;
  readonly direction: string;
  readonly entity: string;
  readonly error_code: string;
  readonly stage: string;
  readonly message: string;
  readonly attempts: number;
  readonly event_key: string;
  readonly event_id: string | null;
  readonly key_digest: string | null;
  readonly printable_key: string | null;
  readonly first_failed_at_ms: number;
  readonly last_failed_at_ms: number;
  readonly occurrences: number;
  readonly source_topic: string;
  readonly source_partition: number;
  readonly source_offset: number;
  readonly queue_partition: number;
  readonly queue_offset: number;
  readonly size_bytes: number;
  readonly has_body: number;
  readonly trace_id: string | null;
  readonly settled_at_ms: number | null;
  readonly settled_by: string | null;
  readonly outcome: string | null;
  readonly reason: string | null;
  readonly request_id: string | null;
}

/** `dead_letter_counts`: how many rows of `dead_letters` share direction, table, error code and status. */
export interface DeadLetterCountRow {
  readonly direction: string;
  readonly entity: string;
  readonly error_code: string;
  readonly status: string;
  readonly letters: number;
}

/** `dead_letter_replays`: one row a replay; counts and results as JSON. */
export interface DeadLetterReplayRow {
  readonly request_id: string;
  readonly state: string;
  readonly started_at_ms: number;
  /** Rises with every write: whoever carries the replay out is alive while it does. */
  readonly version: number;
  readonly content: string;
  readonly results: string;
}

/** The store's tables by name. */
export interface StoreTables {
  readonly sync_state: SyncStateRow;
  readonly sync_history: SyncHistoryRow;
  readonly audit_log: AuditLogRow;
  readonly dead_letters: DeadLetterRow;
  readonly dead_letter_counts: DeadLetterCountRow;
  readonly dead_letter_replays: DeadLetterReplayRow;
}
