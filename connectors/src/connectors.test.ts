import { legacyRevamp } from '@rowbridge/pair-legacy-revamp';
import { capturedTables } from './capture-requirements.js';
import { declaredTopics } from './declared-topics.js';
import { legacyCapture, legacyConnector, type LegacyConnectorParameters } from './legacy.connector.js';
import { revampCapture, revampConnector, type RevampConnectorParameters } from './revamp.connector.js';

const brokers = ['one:9092', 'two:9092'];
const legacyParameters: LegacyConnectorParameters = {
  brokers,
  database: { host: 'db', port: 5432, database: 'shop', user: 'capture', password: 'pass' },
  logOriginGuard: true,
};
const revampParameters: RevampConnectorParameters = {
  brokers,
  engine: 'mariadb',
  database: { host: 'db', port: 3306, database: 'revamp_db', user: 'capture', password: 'pass' },
};

function included(configuration: Readonly<Record<string, string>>, table: string): boolean {
  const list = configuration['table.include.list'] ?? '';
  return list.split(',').some((pattern) => new RegExp(`^(?:${pattern})$`, 'i').test(table));
}

describe('the legacy and revamp connectors', () => {
  it('capture every table of the pair, under the names the pair gives its topics', () => {
    for (const [side, capture] of [
      ['legacy', { ...legacyCapture }],
      ['revamp', { ...revampCapture, schema: 'revamp_db' }],
    ] as const) {
      const declaredSide = legacyRevamp.sides.find(({ name }) => name === side);
      expect(capture.tables).toEqual(legacyRevamp.tables.map(({ tables }) => tables[side]));
      expect(capture.topicPrefix).toBe(declaredSide?.topicPrefix);
      expect(capture.schema).toBe(declaredSide?.schema);
    }
  });

  it('capture the tables named and the heartbeat, and nothing whose name only resembles them', () => {
    const { configuration } = legacyConnector(legacyParameters);
    expect(included(configuration, 'public.legacy_users')).toBe(true);
    expect(included(configuration, 'rowbridge.heartbeat')).toBe(true);
    expect(included(configuration, 'public.legacy_users_old')).toBe(false);
    expect(included(configuration, 'publicXlegacy_users')).toBe(false);
    expect(included(configuration, 'rowbridge.processed_events')).toBe(false);
  });

  it('match a database name literally, whatever characters it has', () => {
    const { configuration } = revampConnector({
      ...revampParameters,
      database: { ...revampParameters.database, database: 'shop.v2+eu' },
    });
    expect(included(configuration, 'shop.v2+eu.revamp_users')).toBe(true);
    expect(included(configuration, 'shopXv2+eu.revamp_users')).toBe(false);
  });

  it('leave out a sync service by its origin only where that is asked for', () => {
    const guarded = legacyConnector(legacyParameters).configuration;
    const unguarded = legacyConnector({ ...legacyParameters, logOriginGuard: false }).configuration;
    expect(guarded['slot.stream.params']).toBe('origin=none');
    expect(unguarded).not.toHaveProperty('slot.stream.params');

    for (const engine of ['mysql', 'mariadb'] as const) {
      const everything = revampConnector({ ...revampParameters, engine }).configuration;
      expect(everything).not.toHaveProperty('gtid.source.excludes');
    }
  });

  it('stop at a value or record they cannot carry, and wait for every replica', () => {
    for (const { configuration } of [legacyConnector(legacyParameters), revampConnector(revampParameters)]) {
      expect(configuration).toMatchObject({
        'event.converting.failure.handling.mode': 'fail',
        'errors.tolerance': 'none',
        'producer.override.acks': 'all',
        'decimal.handling.mode': 'string',
      });
    }
  });

  it('let a deployment overrule a setting', () => {
    const { configuration } = legacyConnector({
      ...legacyParameters,
      additionalSettings: { 'poll.interval.ms': '50', 'database.sslmode': 'verify-full' },
    });
    expect(configuration).toMatchObject({ 'poll.interval.ms': '50', 'database.sslmode': 'verify-full' });
  });

  it('read as many rows at a time in an incremental snapshot as a deployment says', () => {
    const rowsAtATime = (snapshotChunkRows?: number): readonly unknown[] => {
      const parameters = snapshotChunkRows === undefined ? {} : { snapshotChunkRows };
      const { configuration } = legacyConnector({ ...legacyParameters, ...parameters });
      return [configuration['incremental.snapshot.chunk.size'], configuration['snapshot.fetch.size']];
    };
    expect(rowsAtATime()).toEqual(['4096', '10000']);
    expect(rowsAtATime(250)).toEqual(['250', '10000']);
    // Fetched in parts, a chunk would fail.
    expect(rowsAtATime(25_000)).toEqual(['25000', '25001']);
  });

  it('have every topic they write declared beforehand, each once', () => {
    const topics = declaredTopics('legacy-revamp').map(({ topic }) => topic);
    expect(new Set(topics).size).toBe(topics.length);
    for (const { configuration, topicPrefix, schema, tables } of [
      legacyConnector(legacyParameters),
      revampConnector(revampParameters),
    ]) {
      expect(topics).toEqual(
        expect.arrayContaining([
          ...tables.map((table) => `${topicPrefix}.${schema}.${table}`),
          `${topicPrefix}.rowbridge.heartbeat`,
          `__debezium-heartbeat.${topicPrefix}`,
          configuration['signal.kafka.topic'],
          configuration['notification.sink.topic.name'],
        ]),
      );
    }
    expect(topics).toContain(
      revampConnector(revampParameters).configuration['schema.history.internal.kafka.topic'],
    );
  });

  it('give table topics the partitions asked for and every other topic one', () => {
    for (const { topic, partitions } of declaredTopics('legacy-revamp', { tablePartitions: 12 })) {
      expect(partitions).toBe(/_(users|posts|likes)$/.test(topic) ? 12 : 1);
    }
  });
});

describe('what preflight asks of a side', () => {
  it('names each table with its mapped columns and the column that decides conflicts', () => {
    const [users, , likes] = capturedTables(legacyRevamp, 'revamp', 'elsewhere');
    expect(users).toMatchObject({
      schema: 'elsewhere',
      table: 'revamp_users',
      twoWay: true,
      timestampColumns: ['updated_at'],
    });
    expect(users?.mappedColumns).toEqual(expect.arrayContaining(['id', 'email_address', 'mobile']));
    expect(likes?.timestampColumns).toEqual([]);
  });

  it('is refused for a side the pair does not have', () => {
    expect(() => capturedTables(legacyRevamp, 'cloud')).toThrow(RangeError);
  });
});
