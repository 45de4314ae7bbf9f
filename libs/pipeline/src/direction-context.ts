import type { ChangeEvent, DecodedRecord, RawRecord } from '@rowbridge/change-event';
import type { RecordOutcome, RowbridgeError } from '@rowbridge/errors';
import type { DirectionPlan, TablePlan } from '@rowbridge/mapping';
import type { ActingGuard } from './decisions/judge-echo.js';
import type { ConflictRecord, DeadLetterSink, SourceDatabase, TargetDatabase } from './ports.js';

/** Everything the row's path of one direction works with. */
export interface DirectionContext {
  readonly plan: DirectionPlan;
  readonly source: SourceDatabase;
  readonly target: TargetDatabase;
  readonly deadLetters: DeadLetterSink;
  /** Decodes in order, one result a record. @throws RowbridgeError of a system fault, such as `registry_unreachable` */
  decode(records: readonly RawRecord[]): Promise<readonly DecodedRecord[]>;
  /**
   * Asked before a record is dead-lettered for one of its values: answers the fault of its table where a change of
   * schema is behind it, so that the table waits and the record does not fail. Null, or left out: the record is at fault.
   */
  readonly tableFaultBehind?: (table: TablePlan, refusal: ValueRefusal) => Promise<RowbridgeError | null>;
  /** The guard that decides for the source's live events. */
  readonly actingGuard: ActingGuard;
  /** How this direction's writes are marked in the target's `sync_source`. */
  readonly stamping: { readonly writes: boolean; readonly deletes: boolean };
  readonly retry: RetryPolicy;
  readonly observer: PipelineObserver;
  readonly clock: Clock;
}

/** Why a record would be dead-lettered. */
export interface ValueRefusal {
  readonly errorCode: string;
  /** The column at fault, by its source or target name; null where it is not known. */
  readonly column: string | null;
}

/** For faults that may pass: attempts in all, and the delays between them in milliseconds. */
export interface RetryPolicy {
  readonly maxAttempts: number;
  readonly initialDelayMs: number;
  readonly multiplier: number;
  readonly maxDelayMs: number;
}

export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  sleep(milliseconds: number): Promise<void>;
}

/** Told what has happened after it is committed; never given a payload. */
export interface PipelineObserver {
  recordSettled(settled: SettledRecord): void;
  batchCommitted(batch: { readonly table: string; readonly records: number; readonly seconds: number }): void;
  recordDeadLettered(letter: {
    readonly table: string;
    readonly errorCode: string;
    readonly message: string;
  }): void;
  echoLeaked(leak: { readonly table: string; readonly count: number }): void;
  retrying(retry: {
    readonly table: string;
    readonly errorCode: string;
    readonly attempt: number;
    readonly delayMs: number;
  }): void;
  conflictSettled(conflict: ConflictRecord): void;
  lookSettled(look: { readonly table: string; readonly outcome: LookOutcome }): void;
}

export interface SettledRecord {
  readonly table: TablePlan;
  /** As it was consumed. */
  readonly record: RawRecord;
  /** Brought again by a topic of replays: its age says nothing of how fast changes travel. */
  readonly replayed: boolean;
  readonly outcome: RecordOutcome;
  /** Null for records that hold no change. */
  readonly event: ChangeEvent | null;
}

/** How a second look ended, or went on. */
export type LookOutcome =
  'settled_equal' | 'settled_written' | 'conflict_lost' | 'conflict_open' | 'handed_over' | 'dead_lettered';
