import type { RawRecord } from '@rowbridge/change-event';
import { secondLookTopic, type SecondLookRequest } from '@rowbridge/control-protocol';
import type { RecordProducer } from '@rowbridge/kafka';
import type { DirectionPlan } from '@rowbridge/mapping';
import {
  passRecords,
  type HandOverSink,
  type NewLook,
  type PartitionState,
  type TargetDatabase,
} from '@rowbridge/pipeline';
import { isKeyOf } from './is-key-of.js';

/** Carries keys whose row on the other side has won to the direction that has to write, and keys put up by a person. */
export const handOverTopic = secondLookTopic;

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
  return passRecords({ last, state }, target, async ({ looks }) => {
    for (const table of plan.tables) {
      const entries = looksFor(handOvers.filter(({ entity }) => entity === table.entity));
      const dueAtMs = now();
      if (entries.length > 0)
        await looks.list(
          table,
          entries.map((entry) => ({ ...entry, dueAtMs })),
        );
    }
  });
}

/** One entry a key; it is undisputed only where every message of the key says so, over the same row. */
function looksFor(requests: readonly SecondLookRequest[]): readonly Omit<NewLook, 'dueAtMs'>[] {
  const byKey = new Map<string, string | null>();
  for (const { key, undisputedOver = null } of requests) {
    byKey.set(key, byKey.has(key) && byKey.get(key) !== undisputedOver ? null : undisputedOver);
  }
  return [...byKey].map(([key, targetDigest]) => ({
    key,
    reason: targetDigest === null ? 'handed_over' : 'requested',
    blocked: targetDigest !== null,
    targetDigest,
  }));
}

/** Null for anything but a message of ours: the topic is written by the two directions and the control API. */
function parseHandOver({ value }: RawRecord): SecondLookRequest | null {
  if (value === null) return null;
  try {
    const message = JSON.parse(Buffer.from(value).toString()) as Partial<SecondLookRequest>;
    const { direction, entity, key, undisputedOver } = message;
    if (typeof direction !== 'string' || typeof entity !== 'string' || typeof key !== 'string') return null;
    return { direction, entity, key, ...(typeof undisputedOver === 'string' && { undisputedOver }) };
  } catch {
    return null;
  }
}
