import { ConnectClient, type SourceOffset } from 'debezium-connect-client';
import { createPostgresPool, type PostgresPool } from '@rowbridge/database-access';
import type { RunningStack } from '@rowbridge/embedded-stack';
import { connectKafka, type KafkaConnection } from '@rowbridge/kafka';
import { createLogger } from '@rowbridge/observability';
import { describeWithKafka, waitFor, type ProviderWithKafka } from '@rowbridge/testing';
import { ConnectorWatch } from './connector-watch.js';

const name = 'watched';
const heartbeatTopic = `__debezium-heartbeat.${name}`;

describeWithKafka('a connector whose offsets Kafka Connect hardly ever flushes', watchSuite);

function watchSuite(provider: ProviderWithKafka): void {
  let stack: RunningStack;
  let pool: PostgresPool;
  let kafka: KafkaConnection;
  let connect: ConnectClient;
  let watch: ConnectorWatch;
  let restarts = 0;
  const logger = createLogger({ name: 'test', level: 'fatal', destination: { write: () => undefined } });

  beforeAll(async () => {
    stack = await provider.kafkaStack({
      components: ['connect', 'postgres'],
      connectWorkerSettings: { 'offset.flush.interval.ms': '3600000' },
    });
    const { postgres } = stack.databases;
    pool = createPostgresPool({ url: postgres.url });
    await pool.query('create table beats (connector text primary key, beaten_at timestamptz)');
    await pool.query('create publication watched for table beats');
    kafka = await connectKafka({ brokers: stack.kafka.brokers, clientId: 'watch-test', logger });
    const topics = [heartbeatTopic, `${name}.public.beats`];
    await kafka.admin.createTopics(topics.map((topic) => ({ topic, partitions: 1 })));
    connect = new ConnectClient({ url: stack.connect.url });
    await connect.createOrUpdate(name, {
      'connector.class': 'io.debezium.connector.postgresql.PostgresConnector',
      'topic.prefix': name,
      'database.hostname': postgres.host,
      'database.port': String(postgres.port),
      'database.user': postgres.user,
      'database.password': postgres.password,
      'database.dbname': postgres.database,
      'plugin.name': 'pgoutput',
      'publication.name': 'watched',
      'slot.name': 'watched',
      'table.include.list': 'public.beats',
      'heartbeat.interval.ms': '1000',
      'heartbeat.action.query':
        "insert into beats values ('watched', now()) on conflict (connector) do update set beaten_at = now()",
    });
    await beatsBeyond(0n);
    // Offsets are flushed when a task ends, here for the only time.
    await connect.restart(name, { includeTasks: true });
    await waitFor(committed, { deadlineMs: 30_000, what: 'a committed offset' });
    await beatsBeyond(await beats());
    watch = new ConnectorWatch({
      connect: {
        status: (connector) => connect.status(connector),
        configuration: (connector) => connect.configuration(connector),
        offsets: (connector) => connect.offsets(connector),
        committedSourceOffset: (connector) => connect.committedSourceOffset(connector),
        restart: () => Promise.resolve(void (restarts += 1)),
      },
      connector: { name, epoch: 1 },
      admin: kafka.admin,
      tableTopics: [],
      readLogEnd: () => Promise.resolve('~'),
      readRetainedLog: () => Promise.resolve(null),
      metrics: { connectorState: () => undefined, sourceLogRetained: () => undefined },
      failed: () => undefined,
      logger,
      now: Date.now,
    });
    watch.start();
  });

  afterAll(async () => {
    await watch?.stop();
    await kafka?.close();
    await pool?.end();
    await stack?.stop();
    await provider.stop();
  });

  const committed = (): Promise<SourceOffset | null> => connect.committedSourceOffset(name);

  async function beats(): Promise<bigint> {
    const [partition] = await kafka.admin.topicOffsets(heartbeatTopic);
    return partition?.high ?? 0n;
  }

  async function beatsBeyond(count: bigint): Promise<void> {
    await waitFor(async () => (await beats()) > count, {
      deadlineMs: 90_000,
      intervalMs: 250,
      what: `more than ${count} beats`,
    });
  }

  it('is left alone while it reads', async () => {
    const before = await committed();
    await beatsBeyond((await beats()) + 30n);
    expect(await committed()).toEqual(before);
    expect(watch.seen).toEqual({ state: 'RUNNING', problem: null });
    expect(restarts).toBe(0);
  });

  it('is restarted when it runs and reads nothing', async () => {
    const holding = await pool.connect();
    try {
      await holding.query('begin');
      // Its heartbeat waits for this lock, and all its reading with it.
      await holding.query('lock table beats in access exclusive mode');
      await waitFor(() => restarts > 0, { deadlineMs: 60_000, what: 'the connector to be restarted' });
      expect(watch.seen?.state).toBe('RUNNING');
    } finally {
      holding.release(true);
    }
  });
}
