import { RowbridgeError } from '@rowbridge/errors';
import { recordFingerprint, type RawRecord } from '@rowbridge/change-event';
import type { TablePlan } from '@rowbridge/mapping';
import { isReplayed, type BatchEntry } from './batch-entry.js';
import type { EventLedger, PartitionHighWater } from './ports.js';

/** What the target knows of a partition. */
export interface PartitionState {
  readonly topic: string;
  readonly partition: number;
  /** The offset the target expects next; null before the first record. */
  readonly nextOffset: bigint | null;
  readonly highWater: PartitionHighWater;
}

/** Records of one partition of one table's topic, in offset order. */
export interface TopicBatch {
  readonly table: TablePlan;
  readonly records: readonly RawRecord[];
  readonly state: PartitionState;
  /** Whether the batch may be tried again a little later where rows of other tables are missing. */
  readonly mayWait: boolean;
}

/**
 * Moves the fence past the entries, within the transaction that settles them.
 * @throws RowbridgeError `source_position_regressed` when the source's log has begun anew behind our back
 * @throws FenceLostError when another consumer has moved the fence
 */
export async function advanceFence(
  ledger: EventLedger,
  state: PartitionState,
  entries: readonly BatchEntry[],
): Promise<PartitionState> {
  const last = entries.at(-1);
  if (!last) return state;
  const highWater = entries.reduce((water, entry) => raiseHighWater(water, entry, state), state.highWater);
  const next = last.carrier.offset + 1n;
  const { topic, partition, nextOffset } = state;
  const fingerprint = recordFingerprint(last.carrier);
  await ledger.advance({ topic, partition, expected: nextOffset, next, highWater, fingerprint });
  return { topic, partition, nextOffset: next, highWater };
}

function raiseHighWater(
  water: PartitionHighWater,
  entry: BatchEntry,
  state: PartitionState,
): PartitionHighWater {
  const { decoded } = entry;
  if (isReplayed(entry)) return water;
  if (decoded.kind !== 'change' || decoded.event.snapshot !== 'live' || decoded.event.commitPosition === null)
    return water;
  const { commitPosition, committedAtMs } = decoded.event;
  const below = water.position !== null && commitPosition < water.position;
  // Redelivery brings old positions with old times; an old position with a new time is another server's log.
  if (below && committedAtMs > water.committedAtMs) {
    throw new RowbridgeError(
      'source_position_regressed',
      'A change committed later than any seen before has a lower log position: the server behind the source was replaced',
      { details: { topic: state.topic, partition: state.partition, offset: decoded.record.offset } },
    );
  }
  return {
    position: below ? water.position : commitPosition,
    committedAtMs: Math.max(water.committedAtMs, committedAtMs),
  };
}
