import { describeWithKafka, waitFor, type ProviderWithKafka } from '@rowbridge/testing';
import { startApi, token, type ApiUnderTest } from './api-under-test.js';
import { fuzzOperations, type Description } from './fuzz-operations.js';

type Stack = Awaited<ReturnType<ProviderWithKafka['kafkaStack']>>;

interface Answered {
  readonly status: number;
  readonly body: { readonly dependency?: string; readonly code?: string };
}

const soon = { deadlineMs: 60_000, intervalMs: 100 };
const pause = '/api/v1/directions/legacy-to-revamp/pause';

describeWithKafka('a control API under which what it needs is stopped', (provider) => {
  let api: ApiUnderTest;
  let kafka: Stack;
  let store: Stack;

  beforeAll(async () => {
    [kafka, store] = await Promise.all([
      provider.kafkaStack({ components: ['kafka', 'connect'] }),
      provider.kafkaStack({ components: ['postgres'] }),
    ]);
    api = await startApi({
      KAFKA_BROKERS: kafka.kafka.brokers.join(','),
      CONNECT_URL: kafka.connect.url,
      ROWBRIDGE_CONTROL_STORE_URL: store.databases.postgres.url,
    });
    await waitFor(async () => (await ask('/ready')).status === 200, { ...soon, what: 'the API to be ready' });
  });

  afterAll(async () => {
    await api?.close();
    await provider.stop();
  });

  const ask = async (path: string, body?: object): Promise<Answered> => {
    const answer = await fetch(`${api.url}${path}`, {
      method: body === undefined ? 'GET' : 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      ...(body && { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(20_000),
    });
    return { status: answer.status, body: (await answer.json()) as Answered['body'] };
  };

  /** What each address answers: the status, and for a 503 what is down. */
  const answersOf = async (...paths: string[]): Promise<readonly unknown[]> =>
    Promise.all(
      paths.map(async (path) => {
        const { status, body } = await ask(path);
        return status === 503 ? body.dependency : status;
      }),
    );

  const downAccordingToHealth = async (): Promise<readonly string[]> => {
    const answer = await fetch(`${api.url}/health`);
    const { checks } = (await answer.json()) as { checks: { name: string; status: string }[] };
    return checks
      .filter(({ name, status }) => status === 'down' && !name.startsWith('database'))
      .map(({ name }) => name);
  };

  const untilDown = (...names: string[]): Promise<unknown> =>
    waitFor(async () => JSON.stringify(await downAccordingToHealth()) === JSON.stringify(names), {
      ...soon,
      what: `${names.join(' and ')} to be down`,
    });

  it('answers all of them at first', async () => {
    await untilDown();
    expect(
      await answersOf('/api/v1/connectors', '/api/v1/audit', '/api/v1/dlq', '/api/v1/directions'),
    ).toEqual([200, 200, 200, 200]);
  });

  it('names Kafka Connect, answers the rest, and goes on once it is back', async () => {
    kafka.kill('connect');
    await untilDown('connect');
    expect(
      await answersOf('/api/v1/connectors', '/api/v1/audit', '/api/v1/dlq', '/api/v1/directions'),
    ).toEqual(['connect', 200, 200, 200]);
    await untilDown();
    expect(await answersOf('/api/v1/connectors')).toEqual([200]);
  });

  it('names the store, changes nothing it could not note, and answers the rest', async () => {
    await store.stop();
    await untilDown('store');
    expect(
      await answersOf('/api/v1/audit', '/api/v1/dlq', '/api/v1/sync/history', '/api/v1/dlq/replays'),
    ).toEqual(['store', 'store', 'store', 'store']);
    expect(await ask(pause, {})).toMatchObject({ status: 503, body: { dependency: 'store' } });
    expect(await answersOf('/api/v1/connectors', '/api/v1/directions', '/openapi.json', '/live')).toEqual([
      200, 200, 200, 200,
    ]);
  });

  it('names Kafka with the store, and still answers every operation as described', async () => {
    await kafka.stop();
    await untilDown('kafka', 'connect', 'store');
    expect(await answersOf('/api/v1/connectors', '/openapi.json', '/live')).toEqual(['connect', 200, 200]);
    const description = (await (await fetch(`${api.url}/openapi.json`)).json()) as Description;
    const { faults } = await fuzzOperations({ url: api.url, token }, description, 1);
    expect(faults).toEqual([]);
  });
});
