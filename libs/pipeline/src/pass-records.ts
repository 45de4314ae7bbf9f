import { recordFingerprint, type RawRecord } from '@rowbridge/change-event';
import type { PartitionState } from './partition-state.js';
import type { TargetDatabase, TargetTransaction } from './ports.js';

/**
 * Moves the fence past records that no row is written for, in one transaction with what else they ask for (I1, I2).
 * @param last the last of them, all of one partition
 */
export async function passRecords(
  { last, state }: { readonly last: RawRecord; readonly state: PartitionState },
  target: TargetDatabase,
  work?: (transaction: TargetTransaction) => Promise<void>,
): Promise<PartitionState> {
  const { topic, partition, nextOffset, highWater } = state;
  const next = last.offset + 1n;
  const fingerprint = recordFingerprint(last);
  await target.transaction(async (transaction) => {
    await transaction.ledger.advance({
      topic,
      partition,
      expected: nextOffset,
      next,
      highWater,
      fingerprint,
    });
    await work?.(transaction);
  });
  return { topic, partition, nextOffset: next, highWater };
}
