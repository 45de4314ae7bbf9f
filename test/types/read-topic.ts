import { randomBytes } from 'node:crypto';
import type { RawRecord } from '@rowbridge/change-event';
import type { KafkaConnection } from '@rowbridge/kafka';
import { waitFor } from '@rowbridge/testing';

/** Reads a topic of one partition from its beginning until it holds that many records. */
export async function readTopic(
  kafka: KafkaConnection,
  topic: string,
  count: number,
): Promise<readonly RawRecord[]> {
  const records: RawRecord[] = [];
  const consumer = await kafka.startConsumer({
    groupId: `types-${randomBytes(4).toString('hex')}`,
    topics: [topic],
    onBatch: async (batch) => {
      records.push(...batch.records);
      batch.commit((batch.records.at(-1)?.offset ?? -1n) + 1n);
      return { kind: 'done' };
    },
    onCrash: () => undefined,
  });
  try {
    await waitFor(() => records.length >= count, {
      deadlineMs: 120_000,
      what: `${count} records of ${topic}`,
    });
  } finally {
    await consumer.stop();
  }
  return records;
}
