import { randomUUID } from 'node:crypto';
import { describeWithKafka } from '@rowbridge/testing';
import { Kafka, logLevel, type Admin, type ITopicConfig } from 'kafkajs';
import { createKafkaAdmin, type KafkaAdmin } from './kafka-admin.js';

describeWithKafka('creating topics', (provider) => {
  let client: Admin;
  let admin: KafkaAdmin;
  const asked: ITopicConfig[] = [];

  beforeAll(async () => {
    const { kafka } = await provider.kafkaStack({ components: ['kafka'] });
    client = new Kafka({ brokers: kafka.brokers, logLevel: logLevel.NOTHING }).admin();
    await client.connect();
    const listening: Admin = {
      ...client,
      createTopics: (request) => {
        asked.push(...request.topics);
        return client.createTopics(request);
      },
    };
    admin = createKafkaAdmin(() => Promise.resolve(listening));
  });

  afterAll(async () => {
    await client?.disconnect();
    await provider.stop();
  });

  it('leaves the number of replicas to the broker, which takes its default', async () => {
    const topic = `topic-${randomUUID()}`;
    expect(await admin.createTopics([{ topic, partitions: 2 }])).toEqual([
      { topic, outcome: 'created', partitions: 2 },
    ]);
    // The protocol's word for the broker's default; one broker alone could not tell it from 1.
    expect(asked.find((request) => request.topic === topic)).toMatchObject({ replicationFactor: -1 });
    const { topics } = await client.fetchTopicMetadata({ topics: [topic] });
    expect(topics[0]?.partitions.map(({ replicas }) => replicas.length)).toEqual([1, 1]);
  });

  it('says that there are too few brokers for the replicas wanted', async () => {
    const declared = { topic: `topic-${randomUUID()}`, partitions: 1, replicationFactor: 2 };
    await expect(admin.createTopics([declared])).rejects.toMatchObject({
      code: 'kafka_unreachable',
      message: expect.stringMatching(/creating topics failed: .*replication/i),
    });
  });
});
