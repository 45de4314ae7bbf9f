import { RowbridgeError } from '@rowbridge/errors';
import type { DirectionConfiguration } from '@rowbridge/config';
import { takingLargeRecords, type KafkaAdmin } from '@rowbridge/kafka';
import type { DirectionPlan } from '@rowbridge/mapping';
import {
  controlTopicDeclarations,
  replayTopic,
  replayTopicDeclaration,
  type ControlTopicDeclaration,
} from '@rowbridge/control-protocol';
import { handOverTopic } from './hand-over-topic.js';

const hourMs = 3_600_000;

/** The topics that directions share with each other and with the control API, each once. Table topics are their connector's. */
export function ownTopicDeclarations(
  directions: readonly string[],
  deadLetterTopic: string,
): readonly ControlTopicDeclaration[] {
  return [
    takingLargeRecords({
      topic: deadLetterTopic,
      partitions: 4,
      configuration: { 'retention.ms': '-1' },
    }),
    { topic: handOverTopic, partitions: 4, configuration: { 'retention.ms': String(7 * 24 * hourMs) } },
    ...controlTopicDeclarations,
    ...directions.map(replayTopicDeclaration).map(takingLargeRecords),
  ];
}

/** Makes the topics of a direction's own where they are missing, with as many replicas as the brokers' default. */
export async function declareOwnTopics(
  admin: KafkaAdmin,
  direction: string,
  { deadLetterTopic }: DirectionConfiguration,
): Promise<void> {
  await admin.createTopics(ownTopicDeclarations([direction], deadLetterTopic));
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
