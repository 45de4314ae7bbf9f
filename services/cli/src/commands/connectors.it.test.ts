import { PassThrough } from 'node:stream';
import { connectKafka, type KafkaConnection } from '@rowbridge/kafka';
import { describeWithKafka } from '@rowbridge/testing';
import { runCommandLine } from '../run-command-line.js';

interface Ended {
  readonly exitCode: number;
  readonly out: string;
  readonly err: string;
}

/** Nothing listens there, so that Kafka Connect refuses a connector after its topics were made. */
const noDatabase = { HOST: '127.0.0.1', PORT: '2', CAPTURE_USER: 'capture', CAPTURE_PASSWORD: 'unused' };

const databaseEnvironment = (side: string, more: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(
    Object.entries({ ...noDatabase, ...more }).map(([name, value]) => [`DB_${side}_${name}`, value]),
  );

const silent = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};

const tableTopic = 'revamp.shop.revamp_users';

describeWithKafka('connectors plan and apply, on brokers that hold no topic of ours', (provider) => {
  let kafka: KafkaConnection;
  let brokers: string;
  let environment: Readonly<Record<string, string>>;

  beforeAll(async () => {
    const stack = await provider.kafkaStack({ components: ['kafka', 'connect'] });
    brokers = stack.kafka.brokers.join(',');
    environment = {
      KAFKA_BROKERS: brokers,
      CONNECT_URL: stack.connect.url,
      ...databaseEnvironment('LEGACY', { ENGINE: 'postgres', DATABASE: 'shop' }),
      ...databaseEnvironment('REVAMP', { ENGINE: 'mysql', DATABASE: 'shop' }),
    };
    kafka = await connectKafka({ brokers: stack.kafka.brokers, clientId: 'rowbridge-test', logger: silent });
  });

  afterAll(async () => {
    await kafka?.close();
    await provider.stop();
  });

  async function connectors(
    commandArguments: readonly string[],
    more: Readonly<Record<string, string>> = {},
  ): Promise<Ended> {
    const out = new PassThrough();
    const err = new PassThrough();
    const exitCode = await runCommandLine(['connectors', ...commandArguments], {
      environment: { ...environment, ...more },
      workingDirectory: '/',
      out,
      err,
    });
    return { exitCode, out: String(out.read() ?? ''), err: String(err.read() ?? '') };
  }

  const ourTopics = async (): Promise<readonly string[]> =>
    (await kafka.admin.listTopics()).filter((topic) => /legacy|revamp/.test(topic));

  it('plan names every topic that is missing and makes none', async () => {
    const { exitCode, out } = await connectors(['plan']);
    expect(exitCode).toBe(0);
    expect(out).toContain(`topic ${tableTopic}: would be created, 4 partitions\n`);
    expect(out).toContain('topic rowbridge.schema-history.revamp: would be created, 1 partition\n');
    expect(out).toContain('topics: 0 of 15 existed as declared\n');
    expect(out).toContain('legacy: would be created\n');
    expect(await ourTopics()).toEqual([]);
  });

  it('--no-topics leaves the topics alone', async () => {
    const { exitCode, out } = await connectors(['apply', '--no-topics']);
    expect([exitCode, out]).toEqual([1, '']);
    expect(await ourTopics()).toEqual([]);
  });

  it('apply makes the missing topics before the connectors, and tells of one with other partitions', async () => {
    await kafka.admin.createTopics([{ topic: tableTopic, partitions: 6 }]);
    // Kafka Connect may reach the brokers by a name that is unknown here.
    const elsewhere = { KAFKA_BROKERS: 'brokers.invalid:9092' };
    const { exitCode, out, err } = await connectors(['apply', '--kafka', brokers], elsewhere);
    expect(out).toContain('topic legacy.public.legacy_users: created, 4 partitions\n');
    expect(out).toContain(`topic ${tableTopic}: has 6 partitions, declared with 4; it is left as it is\n`);
    expect(exitCode).toBe(1);
    expect(err).toContain('legacy');
    expect(await ourTopics()).toHaveLength(15);
    const counts = await kafka.admin.partitionCounts(await ourTopics());
    expect(counts.get('legacy.public.legacy_users')).toBe(4);
    expect(counts.get(tableTopic)).toBe(6);
  });

  it('plan as JSON holds each topic beside its declaration', async () => {
    const { out } = await connectors(['plan', '--json']);
    const { topics, connectors: planned } = JSON.parse(out) as {
      topics: readonly object[];
      connectors: readonly object[];
    };
    expect(topics).toHaveLength(15);
    expect(topics).toContainEqual({ topic: tableTopic, declaredPartitions: 4, partitions: 6 });
    expect(planned).toMatchObject([{ connector: 'legacy', action: 'create' }, { connector: 'revamp' }]);
  });

  it('brokers that do not answer end apply with 3, before anything was given to Kafka Connect', async () => {
    const { exitCode, err } = await connectors(['apply', '--kafka', '127.0.0.1:2']);
    expect(exitCode).toBe(3);
    expect(err).toContain('127.0.0.1:2');
  });
});
