import { Buffer } from 'node:buffer';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { replayTopic } from '@rowbridge/control-protocol';
import type { KafkaConnection } from '@rowbridge/kafka';
import { describeWithKafka, waitFor } from '@rowbridge/testing';
import { ConfigResourceTypes, ConfigSource } from 'kafkajs';
import { KafkaBench } from '../kafka/kafka-bench.js';
import { startApi, token, type ApiUnderTest } from './api-under-test.js';

const topic = 'sync.dlq';
const direction = 'legacy-to-revamp';
const indexerGroup = 'rowbridge-control-dead-letters';
const soon = { deadlineMs: 60_000, intervalMs: 100 };

interface Listed {
  readonly id: string;
  readonly eventId: string | null;
  readonly occurrences: number;
}

describeWithKafka('the control API over a dead letter topic', (provider) => {
  let bench: KafkaBench;
  let kafka: KafkaConnection;
  let api: ApiUnderTest;
  let folder = '';

  beforeAll(async () => {
    bench = await KafkaBench.open(provider);
    ({ kafka } = bench);
    await kafka.admin.createTopics([
      { topic, partitions: 1 },
      { topic: replayTopic(direction), partitions: 1, configuration: { 'max.message.bytes': '2000' } },
    ]);
    folder = mkdtempSync(join(tmpdir(), 'rowbridge-queue-'));
    api = await start();
  });

  afterAll(async () => {
    await api?.close();
    await bench?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const start = (): Promise<ApiUnderTest> =>
    startApi({
      KAFKA_BROKERS: bench.stack.kafka.brokers.join(','),
      ROWBRIDGE_CONTROL_STORE_URL: `sqlite:${join(folder, 'control.db')}`,
    });

  const headersOf = (eventId: string): { name: string; value: Buffer }[] => [
    { name: 'x-sync-direction', value: Buffer.from(direction) },
    { name: 'x-sync-event-id', value: Buffer.from(eventId) },
  ];

  const letters = (...eventIds: string[]): Promise<void> =>
    kafka.producer.send(
      topic,
      eventIds.map((eventId) => ({
        key: null,
        value: Buffer.from(eventId),
        headers: headersOf(eventId),
      })),
    );

  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };

  const post = async (path: string, body: object): Promise<Record<string, unknown>> => {
    const answer = await fetch(`${api.url}/api/v1/dlq/${path}`, {
      method: 'POST',
      headers,
      body: JSON.stringify(body),
    });
    return (await answer.json()) as Record<string, unknown>;
  };

  const list = async (status?: string): Promise<readonly Listed[]> => {
    const chosen = status === undefined ? '' : `&status=${status}`;
    const answer = await fetch(`${api.url}/api/v1/dlq?limit=500${chosen}`, { headers });
    return ((await answer.json()) as { items?: readonly Listed[] }).items ?? [];
  };

  const untilListed = (...eventIds: string[]): Promise<unknown> =>
    waitFor(
      async () => {
        const listed = (await list()).map(({ eventId }) => eventId);
        return eventIds.every((eventId) => listed.includes(eventId));
      },
      { ...soon, what: `${eventIds.join(', ')} to be listed` },
    );

  const createAnew = async (): Promise<void> => {
    await kafka.admin.deleteTopic(topic);
    await waitFor(async () => !(await kafka.admin.listTopics()).includes(topic), {
      ...soon,
      what: 'the topic to be gone',
    });
    await kafka.admin.createTopics([{ topic, partitions: 1 }]);
  };

  it('goes on from the beginning of a topic created again, without a restart, though it ends where the old one did', async () => {
    await letters('first-0', 'first-1');
    await untilListed('first-0', 'first-1');
    await waitFor(async () => (await kafka.admin.groupOffsets(indexerGroup, topic)).get(0) === 2n, {
      ...soon,
      what: 'the group to be told',
    });
    await createAnew();
    await letters('second-0', 'second-1');
    await untilListed('second-0', 'second-1');
    await letters('second-2');
    await untilListed('second-2');
    const listed = await list();
    expect(listed.map(({ id, eventId, occurrences }) => [id, eventId, occurrences]).sort()).toEqual([
      ['0-0', 'second-0', 1],
      ['0-1', 'second-1', 1],
      ['0-2', 'second-2', 1],
    ]);
  });

  it('goes on so in the next process too, where the topic was created again while none ran', async () => {
    await api.close();
    await createAnew();
    const names = Array.from({ length: 8 }, (_unused, number) => `fifth-${number}`);
    await letters(...names);
    api = await start();
    await untilListed(...names);
    expect((await list()).map(({ eventId }) => eventId).sort()).toEqual(names);
  });

  it('makes a replay topic for records as large as rows may be, whatever the broker allows', async () => {
    const name = replayTopic('revamp-to-legacy');
    await waitFor(async () => (await kafka.admin.listTopics()).includes(name), {
      ...soon,
      what: 'the replay topic to be made',
    });
    const { resources } = await bench.asAdmin((admin) =>
      admin.describeConfigs({
        includeSynonyms: false,
        resources: [{ type: ConfigResourceTypes.TOPIC, name, configNames: ['max.message.bytes'] }],
      }),
    );
    expect(resources[0]?.configEntries).toMatchObject([
      { configValue: '33554432', configSource: ConfigSource.TOPIC_CONFIG },
    ]);
  });

  it('refuses with its reason what is larger than the replay topic takes, and discards it', async () => {
    const large = `large-${'x'.repeat(5_000)}`;
    const size = (await list()).length;
    await kafka.producer.send(topic, [{ key: null, value: Buffer.from(large), headers: headersOf('large') }]);
    await untilListed('large');
    const { id = '' } = (await list()).find(({ eventId }) => eventId === 'large') ?? {};
    const { replay, results } = await post('replay', { ids: [id] });
    expect(replay).toMatchObject({ state: 'completed', sent: 0, byOutcome: { fault: 1 } });
    expect(results).toMatchObject([
      { id, outcome: null, fault: { code: 'record_too_large' }, status: 'open' },
    ]);
    expect(await post('discard', { ids: [id], reason: 'too large' })).toMatchObject({ discarded: 1 });
    expect(await list('open')).toHaveLength(size);
  });
});
