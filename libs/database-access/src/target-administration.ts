import type { SourcePosition } from '@rowbridge/change-event';
import type { LookReason } from '@rowbridge/pipeline';
import type { SchemaCatalog } from './table-catalog.js';

/** What a database says a direction has applied of one topic partition. */
export interface AppliedOffset {
  readonly nextOffset: bigint;
  readonly highWater: { readonly position: SourcePosition | null; readonly committedAtMs: number };
  readonly fingerprint: string;
}

/** By `<topic>/<partition>`. */
export type AppliedOffsets = ReadonlyMap<string, AppliedOffset>;

export interface LookSummary {
  readonly byReason: ReadonlyMap<LookReason, number>;
  /** First seen, milliseconds since 1970, by table name as listed. */
  readonly oldestByTable: ReadonlyMap<string, number>;
  /** Entries by table name as listed; tables without any are left out. */
  readonly countByTable: ReadonlyMap<string, number>;
  /** Milliseconds since 1970, or null where nothing is listed. */
  readonly oldestFirstSeenMs: number | null;
  /** Entries older than the deadline, open manual conflicts not counted; reasons without any are left out. */
  readonly stuckByReason: ReadonlyMap<LookReason, number>;
}

/** A table that waits for its schema to change. */
export interface SchemaDrift {
  readonly table: string;
  readonly errorCode: string;
  /** The column at fault, where one is. */
  readonly column: string | null;
  /** What does not fit: names, never row values. */
  readonly what: string;
  /** The SQL that would make it fit, if any is known. */
  readonly statement: string | null;
  /** A change to the mapping that would make it fit, if one is known: a JSON Patch of the pair's declaration. */
  readonly mappingPatch: string | null;
}

/** A drift as it stands recorded, and not resolved. */
export interface OpenSchemaDrift extends SchemaDrift {
  /** Milliseconds since 1970. */
  readonly firstSeenMs: number;
}

export interface LedgerMaintenance {
  readonly partitionsAdded: number;
  readonly partitionsDropped: number;
}

/** What a direction's host asks of its target beside the row's path. All throw RowbridgeError. */
export interface TargetAdministration {
  readAppliedOffsets(direction: string): Promise<AppliedOffsets>;
  lookSummary(direction: string): Promise<LookSummary>;
  /** Records or refreshes the drift of a table under its error code. */
  recordSchemaDrift(drift: SchemaDrift): Promise<void>;
  /** Marks every open drift of a table as resolved. */
  resolveSchemaDrift(table: string): Promise<void>;
  /** The direction's drifts that are not resolved, oldest first. */
  openSchemaDrifts(): Promise<readonly OpenSchemaDrift[]>;
  /** The tables written, as the server has them. */
  readonly schema: SchemaCatalog;
  /** Base tables of the plan's schema that this user may see. */
  listTables(): Promise<readonly string[]>;
  /** Adds the ledger's coming days and drops those wholly older than the retention. Two at once are harmless. */
  maintainLedger(): Promise<LedgerMaintenance>;
  close(): Promise<void>;
}
