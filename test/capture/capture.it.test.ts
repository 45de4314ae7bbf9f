import { capturedTables, legacyCapture, signalTopic } from '@rowbridge/connectors';
import {
  createMysqlPool,
  createPostgresPool,
  preflightMysql,
  preflightPostgres,
  urlOfDatabase,
} from '@rowbridge/database-access';
import { allStackComponents } from '@rowbridge/embedded-stack';
import { legacyRevamp } from '@rowbridge/pair-legacy-revamp';
import { describeWithKafka, waitFor, type ProviderWithKafka } from '@rowbridge/testing';
import { SnapshotSignals } from 'debezium-connect-client';
import { CapturedPair } from './captured-pair.js';
import type { Side } from './captured-sides.js';

const sides = ['legacy', 'revamp'] as const;

describeWithKafka('capture by the declared connectors, with the log-origin guard', captureSuite);

function captureSuite(provider: ProviderWithKafka): void {
  let pair: CapturedPair;

  beforeAll(async () => {
    pair = await CapturedPair.open(await provider.kafkaStack({ components: [...allStackComponents] }));
  });

  afterAll(async () => {
    await pair?.close();
    await provider.stop();
  });

  it('passes preflight as provisioned', async () => {
    const shared = { captureUser: 'capture', sourceColumnGuard: true, logOriginGuard: true };
    const admin = createPostgresPool({
      url: urlOfDatabase(pair.stack.databases.postgres.url, 'legacy_db'),
      maxOpen: 1,
    });
    const mysqlAdmin = createMysqlPool({ url: pair.stack.databases.mysql.url, maxOpen: 1 });
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
    for (const { name, configuration } of pair.declarations) {
      expect(await pair.connect.validate(name, configuration)).toEqual([]);
      expect((await pair.connect.plan(name, configuration)).action).toBe('create');
      expect(await pair.connect.createOrUpdate(name, configuration)).toBe('created');
    }
    for (const { name, configuration } of pair.declarations) {
      await waitFor(
        async () => {
          const status = await pair.connect.status(name);
          return status?.tasks.length === 1 && status.tasks.every(({ state }) => state === 'RUNNING');
        },
        { deadlineMs: 30_000, what: `${name} to run` },
      );
      expect((await pair.connect.plan(name, configuration)).action).toBe('none');
    }
  });

  it.each(sides)(
    'I1: has every %s change in Kafka once its committed offset passes where the log then ended',
    async (sideName) => {
      const side = pair.sides[sideName];
      await pair.waitUntilPassed(side, await side.notePosition());
      const before = await pair.recordsOf(side.topic);
      await side.register('first@example.org');
      await side.register('second@example.org');
      await pair.waitUntilPassed(side, await side.notePosition());
      expect(await pair.recordsOf(side.topic)).toBe(before + 2);
    },
  );

  it.each([
    ['leaves out of legacy what a sync session wrote, and nothing else', 'legacy', 1],
    ['tells of revamp also what a sync session wrote: its server id is judged by who reads', 'revamp', 3],
  ] as const)('I4: %s', async (_title, sideName, records) => {
    const side = pair.sides[sideName];
    const before = await pair.recordsOf(side.topic);
    await side.registerAsSync('synced@example.org');
    await side.register('third@example.org');
    await side.registerAsSync('synced-too@example.org');
    await pair.waitUntilPassed(side, await side.notePosition());
    expect(await pair.recordsOf(side.topic)).toBe(before + records);
  });

  it.each(sides)(
    'reads the rows of %s again when signalled, those a sync session wrote included',
    async (sideName) => {
      const side = pair.sides[sideName];
      const before = await pair.recordsOf(side.topic);
      const signals = new SnapshotSignals({
        topic: signalTopic(side.connector),
        topicPrefix: side.connector,
        sendRecord: (topic, { key, value }) =>
          pair.kafka.producer.send(topic, [{ key: Buffer.from(key), value: Buffer.from(value) }]),
      });
      await signals.start({ dataCollections: [side.table] });
      await waitFor(async () => (await pair.recordsOf(side.topic)) === before + 5, {
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
      const { revamp } = pair.sides;
      await pair.waitUntilPassed(revamp, await revamp.notePosition());
      await pair.connect.stop('revamp');
      const mark = `${first} ${last}`.replaceAll(' ', '-');
      await registerAs(first)(`passed-${mark}@example.org`);
      await pair.moveOffsetToEnd();
      const before = await pair.recordsOf(revamp.topic);
      await revamp.register(`between-${mark}@example.org`);
      await registerAs(last)(`last-${mark}@example.org`);
      await pair.connect.resume('revamp');
      await pair.waitUntilPassed(revamp, await revamp.notePosition());
      expect(await pair.recordsOf(revamp.topic)).toBe(before + 2);
    },
  );

  const registerAs = (writer: string): Side['register'] =>
    writer === 'an application' ? pair.sides.revamp.register : pair.sides.revamp.registerAsSync;

  it('I1: fails rather than pass by what the log no longer holds', async () => {
    const { revamp } = pair.sides;
    await pair.connect.stop('revamp');
    await pair.moveOffsetToEnd();
    await revamp.register('lost@example.org');
    const administrator = createMysqlPool({ url: pair.stack.databases.mysql.url, maxOpen: 1 });
    try {
      await administrator.query('flush binary logs');
      await revamp.register('kept@example.org');
      const { file } = await pair.revampLogEnd();
      await administrator.query('purge binary logs to ?', [file]);
    } finally {
      await administrator.end();
    }
    await pair.connect.resume('revamp');
    await waitFor(async () => (await pair.connect.status('revamp'))?.tasks[0]?.state === 'FAILED', {
      deadlineMs: 30_000,
      what: 'the connector to fail',
    });
  });

  it('says what is wrong when a password is, without repeating it', async () => {
    const [declaration] = pair.declarations;
    const wrong = { ...declaration?.configuration, 'database.password': 'not-the-pass' };
    const problems = await pair.connect.validate('legacy', wrong);
    expect(JSON.stringify(problems)).toContain('database.');
    expect(JSON.stringify(problems)).not.toContain('not-the-pass');
  });
}
