import { RowbridgeError } from '@rowbridge/errors';
import type { DirectionConfiguration } from '@rowbridge/config';
import type { KafkaAdmin } from '@rowbridge/kafka';
import type { DirectionPlan } from '@rowbridge/mapping';
import { controlTopicDeclarations, replayTopic, replayTopicDeclaration } from '@rowbridge/control-protocol';
import { handOverTopic } from './hand-over-topic.js';

const hourMs = 3_600_000;

/** Makes the topics a direction shares with others of ours, where they are missing. Table topics are their connector's. */
export async function declareOwnTopics(
  admin: KafkaAdmin,
  direction: string,
  { deadLetterTopic }: DirectionConfiguration,
): Promise<void> {
  await admin.createTopics([
    { topic: deadLetterTopic, partitions: 4, configuration: { 'retention.ms': '-1' } },
    { topic: handOverTopic, partitions: 4, configuration: { 'retention.ms': String(7 * 24 * hourMs) } },
    ...controlTopicDeclarations,
    replayTopicDeclaration(direction),
  ]);
}

/**
 * The dedupe window must outlast whatever can be delivered again.
 * @throws RowbridgeError `ledger_too_short`, `topic_missing`
 */
export async function verifyLedgerRetention(
  admin: KafkaAdmin,
  plan: DirectionPlan,
  { ledger }: DirectionConfiguration,
): Promise<void> {
  for (const topic of [...plan.tables.map((table) => table.topic), handOverTopic, replayTopic(plan.name)]) {
    const settings = await admin.topicConfiguration(topic, ['retention.ms']);
    const retentionMs = Number(settings['retention.ms']);
    if (retentionMs < 0 || retentionMs > ledger.retentionHours * hourMs) {
      throw new RowbridgeError(
        'ledger_too_short',
        'Event ids are forgotten before their topic forgets the events',
        {
          details: { topic, 'retention.ms': retentionMs, 'ledger.retentionHours': ledger.retentionHours },
        },
      );
    }
  }
}
