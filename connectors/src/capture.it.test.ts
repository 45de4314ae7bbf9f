import {
  createMysqlPool,
  createPostgresPool,
  preflightMysql,
  preflightPostgres,
  provisionMysql,
  provisionPostgres,
  urlOfDatabase,
  type MysqlPool,
  type PostgresPool,
} from '@rowbridge/database-access';
import { allStackComponents, type DatabaseEndpoint, type RunningStack } from '@rowbridge/embedded-stack';
import { connectKafka, type KafkaConnection } from '@rowbridge/kafka';
import { legacyRevamp } from '@rowbridge/pair-legacy-revamp';
import { createEngineProvider, describeWithEngines, waitFor } from '@rowbridge/testing';
import { ConnectClient, hasPassed, SnapshotSignals, type NotedPosition } from 'debezium-connect-client';
import { capturedTables } from './capture-requirements.js';
import type { ConnectorDeclaration } from './connector-declaration.js';
import { declaredTopics } from './declared-topics.js';
import { legacyCapture, legacyConnector } from './legacy.connector.js';
import { revampCapture, revampConnector } from './revamp.connector.js';
import { signalTopic, tableTopic } from './topic-names.js';

const syncServerId = 77;
const user = (name: string): { name: string; password: string } => ({ name, password: `${name}-pw` });
const silent = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

function urlAs(endpoint: DatabaseEndpoint, database: string, name: string): string {
  const url = new URL(urlOfDatabase(endpoint.url, database));
  url.username = name;
  url.password = user(name).password;
  return url.toString();
}

/** One side as its users see it. */
interface Side {
  readonly connector: string;
  readonly topic: string;
  readonly table: string;
  /** Registers a user as an application does. */
  register(email: string): Promise<unknown>;
  /** Registers a user as a sync service does, under its origin in the log. */
  registerAsSync(email: string): Promise<unknown>;
  notePosition(): Promise<NotedPosition>;
}

const provider = createEngineProvider();
const { kafkaStack } = provider;
const name = 'capture by the declared connectors, with the log-origin guard';

if (kafkaStack === undefined) {
  describe.skip(`${name} (skipped, no Kafka from ${provider.name})`, () => {
    captureSuite(() => Promise.reject(new Error('no Kafka')));
  });
} else {
  describeWithEngines(name, () => captureSuite(kafkaStack));
}

function captureSuite(startKafkaStack: NonNullable<typeof kafkaStack>): void {
  let stack: RunningStack;
  let kafka: KafkaConnection;
  let connect: ConnectClient;
  let legacyPool: PostgresPool;
  let revampPool: MysqlPool;
  let declarations: readonly ConnectorDeclaration[];

  beforeAll(async () => {
    stack = await startKafkaStack({ components: [...allStackComponents] });
    const { postgres, mysql } = stack.databases;
    const users = {
      captureUser: user('capture'),
      syncUser: user('sync'),
      applicationUser: user('application'),
    };
    await provisionPostgres({
      adminUrl: postgres.url,
      database: 'legacy_db',
      schema: 'public',
      tables: legacyCapture.tables,
      schemaFolders: ['legacy/postgres'],
      publication: legacyCapture.publication,
      ...users,
    });
    await provisionMysql({
      adminUrl: mysql.url,
      database: 'revamp_db',
      tables: revampCapture.tables,
      schemaFolders: ['revamp/{engine}'],
      ...users,
    });
    legacyPool = createPostgresPool({ url: urlAs(postgres, 'legacy_db', 'sync') });
    revampPool = createMysqlPool({ url: urlAs(mysql, 'revamp_db', 'sync') });
    kafka = await connectKafka({ brokers: stack.kafka.brokers, clientId: 'capture-test', logger: silent });
    await kafka.admin.createTopics(declaredTopics('legacy-revamp'));
    connect = new ConnectClient({ url: stack.connect.url });
    declarations = declare(postgres, mysql);
  });

  afterAll(async () => {
    await kafka?.close();
    await legacyPool?.end();
    await revampPool?.end();
    await provider.stop();
  });

  function declare(postgres: DatabaseEndpoint, mysql: DatabaseEndpoint): readonly ConnectorDeclaration[] {
    const shared = { brokers: stack.kafka.brokers, converterSettings: stack.connectorConverterSettings };
    const login = { user: 'capture', password: user('capture').password };
    const { host, port } = postgres;
    return [
      legacyConnector({
        ...shared,
        database: { host, port, database: 'legacy_db', ...login },
        logOriginGuard: true,
      }),
      revampConnector({
        ...shared,
        database: { host: mysql.host, port: mysql.port, database: 'revamp_db', ...login },
        engine: 'mariadb',
      }),
    ];
  }

  const legacy: Side = {
    connector: 'legacy',
    topic: tableTopic('legacy', 'public', 'legacy_users'),
    table: 'public.legacy_users',
    register: (email) =>
      legacyPool.query('insert into legacy_users (username, email) values ($1, $1)', [email]),
    registerAsSync: async (email) => {
      const connection = await legacyPool.connect();
      try {
        await connection.query("select pg_replication_origin_create('capture_test')").catch(() => undefined);
        await connection.query("select pg_replication_origin_session_setup('capture_test')");
        await connection.query('insert into legacy_users (username, email) values ($1, $1)', [email]);
      } finally {
        connection.release(true);
      }
    },
    notePosition: async () => {
      const { rows } = await legacyPool.query<{ lsn: string }>(
        "select pg_current_wal_insert_lsn() - '0/0'::pg_lsn as lsn",
      );
      return { engine: 'postgres', lsn: rows[0]?.lsn ?? '' };
    },
  };

  const revamp: Side = {
    connector: 'revamp',
    topic: tableTopic('revamp', 'revamp_db', 'revamp_users'),
    table: 'revamp_db.revamp_users',
    register: (email) =>
      revampPool.query('insert into revamp_users (user_name, email_address) values (?, ?)', [email, email]),
    registerAsSync: async (email) => {
      const connection = await revampPool.getConnection();
      try {
        await connection.query('start transaction');
        await connection.query(
          `set statement server_id = ${syncServerId} for insert into revamp_users (user_name, email_address) values (?, ?)`,
          [email, email],
        );
        await connection.query('commit');
      } finally {
        connection.destroy();
      }
    },
    notePosition: async () => ({ engine: 'mariadb', ...(await binlogEnd()) }),
  };

  async function binlogEnd(): Promise<{ file: string; pos: string }> {
    const [rows] = await revampPool.query({ sql: 'show master status', rowsAsArray: true });
    const [file = '', pos = ''] = (rows as string[][])[0] ?? [];
    return { file, pos };
  }

  async function recordsOf(topic: string): Promise<number> {
    const offsets = await kafka.admin.topicOffsets(topic);
    return offsets.reduce((sum, { high }) => sum + Number(high), 0);
  }

  async function waitUntilPassed({ connector }: Side, noted: NotedPosition): Promise<void> {
    await waitFor(
      async () => {
        const [task] = (await connect.status(connector))?.tasks ?? [];
        if (task?.state === 'FAILED') throw new Error(task.trace ?? 'the task has failed');
        const offset = await connect.committedSourceOffset(connector);
        return offset !== null && hasPassed(offset, noted);
      },
      { deadlineMs: 15_000, what: `${connector} to pass the noted position` },
    );
  }

  it('passes preflight as provisioned', async () => {
    const shared = { captureUser: 'capture', sourceColumnGuard: true, logOriginGuard: true };
    const admin = createPostgresPool({
      url: urlOfDatabase(stack.databases.postgres.url, 'legacy_db'),
      maxOpen: 1,
    });
    const mysqlAdmin = createMysqlPool({ url: stack.databases.mysql.url, maxOpen: 1 });
    try {
      const { publication, slot } = legacyCapture;
      const tables = capturedTables(legacyRevamp, 'legacy');
      expect(await preflightPostgres(admin, { ...shared, tables, publication, slot })).toEqual([]);
      const revampTables = capturedTables(legacyRevamp, 'revamp');
      expect(await preflightMysql(mysqlAdmin, { ...shared, tables: revampTables })).toEqual([]);
    } finally {
      await admin.end();
      await mysqlAdmin.end();
    }
  });

  it('is valid to Debezium, runs, and then has nothing left to change', async () => {
    for (const { name, configuration } of declarations) {
      expect(await connect.validate(name, configuration)).toEqual([]);
      expect((await connect.plan(name, configuration)).action).toBe('create');
      expect(await connect.createOrUpdate(name, configuration)).toBe('created');
    }
    for (const { name, configuration } of declarations) {
      await waitFor(
        async () => {
          const status = await connect.status(name);
          return status?.tasks.length === 1 && status.tasks.every(({ state }) => state === 'RUNNING');
        },
        { deadlineMs: 30_000, what: `${name} to run` },
      );
      expect((await connect.plan(name, configuration)).action).toBe('none');
    }
  });

  it.each([
    ['legacy', legacy],
    ['revamp', revamp],
  ])(
    'I1: has every %s change in Kafka once its committed offset passes where the log then ended',
    async (_name, side) => {
      await waitUntilPassed(side, await side.notePosition());
      const before = await recordsOf(side.topic);
      await side.register('first@example.org');
      await side.register('second@example.org');
      await waitUntilPassed(side, await side.notePosition());
      expect(await recordsOf(side.topic)).toBe(before + 2);
    },
  );

  it.each([
    ['leaves out of legacy what a sync session wrote, and nothing else', legacy, 1],
    ['tells of revamp also what a sync session wrote: its server id is judged by who reads', revamp, 3],
  ])('I4: %s', async (_title, side, records) => {
    const before = await recordsOf(side.topic);
    await side.registerAsSync('synced@example.org');
    await side.register('third@example.org');
    await side.registerAsSync('synced-too@example.org');
    await waitUntilPassed(side, await side.notePosition());
    expect(await recordsOf(side.topic)).toBe(before + records);
  });

  it.each([
    ['legacy', legacy],
    ['revamp', revamp],
  ])(
    'reads the rows of %s again when signalled, those a sync session wrote included',
    async (_name, side) => {
      const before = await recordsOf(side.topic);
      const signals = new SnapshotSignals({
        topic: signalTopic(side.connector),
        topicPrefix: side.connector,
        sendRecord: (topic, { key, value }) =>
          kafka.producer.send(topic, [{ key: Buffer.from(key), value: Buffer.from(value) }]),
      });
      await signals.start({ dataCollections: [side.table] });
      await waitFor(async () => (await recordsOf(side.topic)) === before + 5, {
        deadlineMs: 20_000,
        what: 'five rows to be read again',
      });
    },
  );

  it.each([
    ['an application', 'a sync session'],
    ['a sync session', 'an application'],
    ['a sync session', 'a sync session'],
  ])(
    'I1: goes on after a transaction of %s, although %s was the last to write meanwhile',
    async (first, last) => {
      await waitUntilPassed(revamp, await revamp.notePosition());
      await connect.stop('revamp');
      const mark = `${first} ${last}`.replaceAll(' ', '-');
      await registerAs(first)(`passed-${mark}@example.org`);
      await moveOffsetToEnd();
      const before = await recordsOf(revamp.topic);
      await revamp.register(`between-${mark}@example.org`);
      await registerAs(last)(`last-${mark}@example.org`);
      await connect.resume('revamp');
      await waitUntilPassed(revamp, await revamp.notePosition());
      expect(await recordsOf(revamp.topic)).toBe(before + 2);
    },
  );

  const registerAs = (writer: string): Side['register'] =>
    writer === 'an application' ? revamp.register : revamp.registerAsSync;

  /** Makes the stopped connector believe that it had come this far. */
  async function moveOffsetToEnd(): Promise<void> {
    const { file, pos } = await binlogEnd();
    const [rows] = await revampPool.query({ sql: 'select @@gtid_binlog_pos', rowsAsArray: true });
    const [gtids = ''] = (rows as string[][])[0] ?? [];
    const offset = { ts_sec: Math.floor(Date.now() / 1_000), file, pos: Number(pos), gtids };
    const body = JSON.stringify({ offsets: [{ partition: { server: 'revamp' }, offset }] });
    await waitFor(
      async () => {
        const answer = await fetch(`${stack.connect.url}/connectors/revamp/offsets`, {
          method: 'PATCH',
          headers: { 'content-type': 'application/json' },
          body,
        });
        return answer.ok;
      },
      { deadlineMs: 15_000, what: 'the connector to have stopped' },
    );
  }

  it('I1: fails rather than pass by what the log no longer holds', async () => {
    await connect.stop('revamp');
    await moveOffsetToEnd();
    await revamp.register('lost@example.org');
    const administrator = createMysqlPool({ url: stack.databases.mysql.url, maxOpen: 1 });
    try {
      await administrator.query('flush binary logs');
      await revamp.register('kept@example.org');
      const { file } = await binlogEnd();
      await administrator.query('purge binary logs to ?', [file]);
    } finally {
      await administrator.end();
    }
    await connect.resume('revamp');
    await waitFor(async () => (await connect.status('revamp'))?.tasks[0]?.state === 'FAILED', {
      deadlineMs: 30_000,
      what: 'the connector to fail',
    });
  });

  it('says what is wrong when a password is, without repeating it', async () => {
    const [declaration] = declarations;
    const wrong = { ...declaration?.configuration, 'database.password': 'not-the-pass' };
    const problems = await connect.validate('legacy', wrong);
    expect(JSON.stringify(problems)).toContain('database.');
    expect(JSON.stringify(problems)).not.toContain('not-the-pass');
  });
}
