import type { SourcePosition } from '@rowbridge/change-event';
import type { LookReason, TargetDatabase } from '@rowbridge/pipeline';

interface ContractDrift {
  readonly table: string;
  readonly errorCode: string;
  readonly column: string | null;
  readonly what: string;
  readonly statement: string | null;
  readonly mappingPatch: string | null;
}

/** What the suite asks of a target beside the pipeline's port. */
export interface ContractTarget extends TargetDatabase {
  readAppliedOffsets(direction: string): Promise<ReadonlyMap<string, ContractOffset>>;
  lookSummary(direction: string): Promise<{
    readonly byReason: ReadonlyMap<LookReason, number>;
    readonly oldestByTable: ReadonlyMap<string, number>;
    readonly countByTable: ReadonlyMap<string, number>;
    readonly oldestFirstSeenMs: number | null;
    readonly stuckByReason: ReadonlyMap<LookReason, number>;
  }>;
  recordSchemaDrift(drift: ContractDrift): Promise<void>;
  resolveSchemaDrift(table: string): Promise<void>;
  openSchemaDrifts(): Promise<readonly (ContractDrift & { readonly firstSeenMs: number })[]>;
  maintainLedger(): Promise<{ readonly partitionsAdded: number; readonly partitionsDropped: number }>;
  close(): Promise<void>;
}

export interface ContractOffset {
  readonly nextOffset: bigint;
  readonly highWater: { readonly position: SourcePosition | null; readonly committedAtMs: number };
  readonly fingerprint: string;
}

/**
 * One database with the tables of {@link contractPair}, empty, and the `rowbridge` tables. `people` and `samples` have
 * `sync_source`, `notes` has not.
 */
export interface ContractHarness {
  readonly target: ContractTarget;
  /** The clock the target was given; the suite moves it. */
  readonly clock: { nowMs: number };
  /** Event ids of any age can be claimed after 24 hours' retention: what the target was made with. */
  readonly ledgerRetentionHours: 24;
  /** The largest instant `people.seen_at` holds, and those it must refuse. */
  readonly instants: { readonly latest: string; readonly refused: readonly string[] };
  /** Whether text may hold U+0000. */
  readonly holdsNulCharacter: boolean;
  /** An application's or administrator's statement; answers rows as text by column name. */
  execute(statement: string): Promise<readonly Readonly<Record<string, string | null>>[]>;
  close(): Promise<void>;
}

export type CreateContractHarness = () => Promise<ContractHarness>;

/** The harness of a running suite; the function answers it once `beforeAll` has made it. */
export type HarnessInUse = () => ContractHarness;
