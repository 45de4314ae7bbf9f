import type { KafkaAdmin } from '@rowbridge/kafka';
import type { DirectionPlan } from '@rowbridge/mapping';

/** Offsets by `<topic>/<partition>`, as text: they travel through JSON. */
export type TopicMarks = Readonly<Record<string, string>>;

export type OffsetReader = Pick<KafkaAdmin, 'topicOffsets' | 'groupOffsets'>;

/** The ends of topics, now. @throws RowbridgeError `kafka_unreachable`, `topic_missing` */
export async function readTopicMarks(admin: OffsetReader, topics: readonly string[]): Promise<TopicMarks> {
  const marks = await Promise.all(
    topics.map(async (topic) =>
      (await admin.topicOffsets(topic)).map(({ partition, high }) => [`${topic}/${partition}`, String(high)]),
    ),
  );
  return Object.fromEntries(marks.flat()) as TopicMarks;
}

/**
 * How much of what lies between two marks a direction has dealt with, from 0 to 1; 1 where nothing does.
 * @throws RowbridgeError `kafka_unreachable`
 */
export async function readAppliedShare(
  admin: OffsetReader,
  { consumerGroup }: Pick<DirectionPlan, 'consumerGroup'>,
  marks: { readonly topics: readonly string[]; readonly from: TopicMarks; readonly to: TopicMarks },
): Promise<number> {
  let records = 0n;
  let applied = 0n;
  for (const topic of marks.topics) {
    const reached = await admin.groupOffsets(consumerGroup, topic);
    for (const [place, end] of Object.entries(marks.to)) {
      const slash = place.lastIndexOf('/');
      if (place.slice(0, slash) !== topic) continue;
      const start = BigInt(marks.from[place] ?? 0);
      const between = BigInt(end) - start;
      const done = (reached.get(Number(place.slice(slash + 1))) ?? 0n) - start;
      records += between;
      applied += done < 0n ? 0n : done > between ? between : done;
    }
  }
  return records === 0n ? 1 : Number(applied) / Number(records);
}
