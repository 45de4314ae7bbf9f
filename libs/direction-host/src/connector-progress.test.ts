import { RowbridgeError } from '@rowbridge/errors';
import { readProgress } from './connector-progress.js';

const postgres = 'io.debezium.connector.postgresql.PostgresConnector';
const mariadb = 'io.debezium.connector.mariadb.MariaDbConnector';
const flushes = 150_000;

interface Given {
  readonly configuration: Readonly<Record<string, string>> | null;
  readonly ends: Readonly<Record<string, bigint>>;
  readonly committed?: string;
}

function read({ configuration, ends, committed = '1' }: Given): ReturnType<typeof readProgress> {
  return readProgress({
    connect: {
      configuration: () => Promise.resolve(configuration),
      offsets: () => Promise.resolve([{ partition: { server: 'shop' }, offset: { lsn: committed } }]),
    },
    connector: { name: 'shop' },
    admin: {
      topicOffsets(topic) {
        const high = ends[topic];
        return high === undefined
          ? Promise.reject(new RowbridgeError('topic_missing', `no topic ${topic}`))
          : Promise.resolve([{ partition: 0, low: 0n, high }]);
      },
    },
    tableTopics: ['shop.public.users', 'shop.public.posts'],
  });
}

function set(
  connectorClass: string,
  settings: Readonly<Record<string, string>> = {},
): Given['configuration'] {
  return { 'connector.class': connectorClass, 'topic.prefix': 'shop', ...settings };
}

const everySecond = { 'heartbeat.interval.ms': '1000' };
const spokenTo = { ...everySecond, 'connect.keep.alive.interval.ms': '300' };

describe('the progress of a connector', () => {
  const heartbeat = '__debezium-heartbeat.shop';

  it.each<[string, Given['configuration'], number]>([
    ['beats every second', set(postgres, everySecond), 15_000],
    ['beats rarely', set(postgres, { 'heartbeat.interval.ms': '20000' }), 60_000],
    ['beats when an idle server speaks', set(mariadb, spokenTo), 15_000],
    ['beats when an idle server speaks once a minute', set(mariadb, everySecond), 180_000],
    ['does not beat by default', set(postgres), flushes],
    ['is set not to beat', set(postgres, { 'heartbeat.interval.ms': '0' }), flushes],
    ['is gone', null, flushes],
  ])('is waited for in keeping with a connector that %s', async (_case, configuration, patienceMs) => {
    const progress = await read({ configuration, ends: { [heartbeat]: 1n } });
    expect(progress.patienceMs).toBe(patienceMs);
  });

  it('is waited for as without a heartbeat where its topic is missing', async () => {
    expect((await read({ configuration: set(postgres, everySecond), ends: {} })).patienceMs).toBe(flushes);
  });

  it('is a beat, in the topic the connector is set to', async () => {
    const configuration = set(postgres, { ...everySecond, 'heartbeat.topics.prefix': 'beats' });
    const before = await read({ configuration, ends: { 'beats.shop': 1n } });
    const after = await read({ configuration, ends: { 'beats.shop': 2n } });
    expect(after.mark).not.toBe(before.mark);
    expect((await read({ configuration, ends: { 'beats.shop': 2n } })).mark).toBe(after.mark);
  });

  it('is a committed offset', async () => {
    const given = { configuration: set(postgres, everySecond), ends: { [heartbeat]: 1n } };
    expect((await read({ ...given, committed: '2' })).mark).not.toBe((await read(given)).mark);
  });

  it('is a change of any table where the connector does not beat', async () => {
    const before = await read({ configuration: set(postgres), ends: { 'shop.public.posts': 1n } });
    const after = await read({ configuration: set(postgres), ends: { 'shop.public.posts': 2n } });
    expect(after.mark).not.toBe(before.mark);
  });

  it('cannot be told where Kafka does not answer', async () => {
    const unreachable = new RowbridgeError('kafka_unreachable', 'no broker answers');
    const progress = readProgress({
      connect: {
        configuration: () => Promise.resolve(set(postgres, everySecond)),
        offsets: () => Promise.resolve([]),
      },
      connector: { name: 'shop' },
      admin: { topicOffsets: () => Promise.reject(unreachable) },
      tableTopics: [],
    });
    await expect(progress).rejects.toBe(unreachable);
  });
});
