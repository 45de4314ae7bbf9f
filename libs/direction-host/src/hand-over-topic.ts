import { canonicalFromEvent, parseRowKey, recordFingerprint, type RawRecord } from '@rowbridge/change-event';
import type { RecordProducer } from '@rowbridge/kafka';
import type { DirectionPlan, TablePlan } from '@rowbridge/mapping';
import {
  type HandOver,
  type HandOverSink,
  type NewLook,
  type PartitionState,
  type TargetDatabase,
} from '@rowbridge/pipeline';

/** Carries keys whose row on the other side has won to the direction that has to write. */
export const handOverTopic = 'rowbridge.second-looks';

export function createHandOverSink(producer: RecordProducer): HandOverSink {
  return {
    async send(messages) {
      await producer.send(
        handOverTopic,
        messages.map((message) => ({
          key: Buffer.from(`${message.entity}/${message.key}`),
          value: Buffer.from(JSON.stringify(message)),
          headers: [],
        })),
      );
    },
  };
}

export interface HandOverIntake {
  readonly plan: DirectionPlan;
  readonly target: TargetDatabase;
  readonly now: () => number;
  /** Told of messages that name nothing of this pair; names places, no content. */
  readonly warn: (message: string) => void;
}

/** Lists the keys handed over to this direction, in one transaction with the partition's offset (I1, I2). */
export async function takeHandOvers(
  records: readonly RawRecord[],
  state: PartitionState,
  intake: HandOverIntake,
): Promise<PartitionState> {
  const { plan, target, now } = intake;
  const last = records.at(-1);
  if (!last) return state;
  const handOvers = records.flatMap((record) => {
    const handOver = parseHandOver(record);
    if (handOver && handOver.direction !== plan.name) return [];
    const table = plan.tables.find(({ entity }) => entity === handOver?.entity);
    if (handOver && table && isKeyOf(table, handOver.key)) return [handOver];
    intake.warn(
      `${record.topic}[${record.partition}] offset ${record.offset} hands over no key of this pair: passed by`,
    );
    return [];
  });
  const next = last.offset + 1n;
  await target.transaction(async (transaction) => {
    const { topic, partition, nextOffset, highWater } = state;
    const fingerprint = recordFingerprint(last);
    await transaction.ledger.advance({
      topic,
      partition,
      expected: nextOffset,
      next,
      highWater,
      fingerprint,
    });
    for (const table of plan.tables) {
      const keys = new Set(handOvers.filter(({ entity }) => entity === table.entity).map(({ key }) => key));
      const entries = [...keys].map((key): NewLook => ({
        key,
        reason: 'handed_over',
        blocked: false,
        targetDigest: null,
        dueAtMs: now(),
      }));
      if (entries.length > 0) await transaction.looks.list(table, entries);
    }
  });
  return { ...state, nextOffset: next };
}

function isKeyOf({ source }: TablePlan, key: string): boolean {
  try {
    const values = parseRowKey(source.key, key);
    return (
      values.length === source.key.length &&
      values.every((value) => canonicalFromEvent(source.keyType, value) === value)
    );
  } catch {
    return false;
  }
}

/** Null for anything but a message of ours: the topic is only written by the two directions. */
function parseHandOver({ value }: RawRecord): HandOver | null {
  if (value === null) return null;
  try {
    const { direction, entity, key } = JSON.parse(Buffer.from(value).toString()) as Partial<HandOver>;
    return typeof direction === 'string' && typeof entity === 'string' && typeof key === 'string'
      ? { direction, entity, key }
      : null;
  } catch {
    return null;
  }
}
