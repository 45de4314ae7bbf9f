import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { compareSystem, noteQuietMoment, type RunningSystem, type ServiceProcess } from '@rowbridge/launcher';
import { waitFor } from '@rowbridge/testing';
import { runService } from '../service-start/run-service.js';
import {
  addedHeaders,
  countLetters,
  deadLetterTopic,
  openApplications,
  openLetterBox,
  serviceVariables,
  undecodableHeaders,
  type Applications,
  type LetterBox,
  type ReadLetter,
} from './bad-input-harness.js';
import {
  countUsersRecords,
  produceAmongGoodRecords,
  usersTopic,
  type GoodCompany,
} from './records-among-good.js';
import { startScenarioSystem, type ScenarioSystem } from './scenario-system.js';
import { faultsOf, healthOf, isDegraded, isReady, runsAgain } from './service-health.js';

const stuckAfterMs = 2_000;

describe('input that cannot be carried, and parts that fail', () => {
  let running: ScenarioSystem;
  let system: RunningSystem;
  let toRevamp: ServiceProcess;
  let toLegacy: ServiceProcess;
  let applications: Applications;
  let box: LetterBox;

  beforeAll(async () => {
    running = await startScenarioSystem({
      serviceSettings: {
        ROWBRIDGE_SECOND_LOOK_STUCK_AFTER_MS: String(stuckAfterMs),
        ROWBRIDGE_KAFKA_SESSION_TIMEOUT_MS: '6000',
      },
    });
    ({ system } = running);
    [toRevamp, toLegacy] = system.services as [ServiceProcess, ServiceProcess];
    applications = openApplications(system);
    box = await openLetterBox(system.kafka);
  });

  afterAll(async () => {
    await box?.stop();
    await running?.remove();
  });

  /** The first letter of a kind; waits for it. */
  const letterOf = async (isMeant: (letter: ReadLetter) => boolean): Promise<ReadLetter> =>
    waitFor(() => box.letters.find(isMeant), { what: 'a dead letter', deadlineMs: 30_000 });

  const company = (): GoodCompany => ({ system, applications, reader: toRevamp });
  const logOf = (service: ServiceProcess): string =>
    readFileSync(join(system.stack.logDirectory, `${service.name}.log`), 'utf8');

  test('I1 I8: bytes nobody can decode are dead-lettered byte for byte, and their batch-mates are written', async () => {
    const processId = toRevamp.processId;
    const garbage = Buffer.from([0xff, 0xfe, 0x00, 0x80, 0x01, 0xc3, 0x28]);
    const record = {
      key: Buffer.from([0x80, 0x00, 0xff]),
      value: garbage,
      headers: [
        {
          name: 'traceparent',
          value: Buffer.from('00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'),
        },
        { name: 'binary', value: Buffer.from([0x00, 0xff, 0xc3, 0x28]) },
      ],
    };
    const notAChange = { key: null, value: Buffer.from('{"neither": "schema nor payload"}') };
    const names = await produceAmongGoodRecords(company(), 'undecodable', [record, notAChange]);
    await applications.haveReachedRevamp(names);

    const letter = await letterOf(({ value }) => value?.equals(garbage) === true);
    expect(letter.key?.equals(record.key)).toBe(true);
    expect(letter.headers.slice(0, 2)).toEqual(record.headers.map(({ name, value }) => [name, value]));
    expect(letter.header('__connect.errors.topic')).toBe(usersTopic);
    expect(addedHeaders(letter, 2)).toEqual(undecodableHeaders);
    const other = await letterOf(({ value }) => value?.equals(notAChange.value) === true);
    expect([other.key, other.header('x-sync-error-code')]).toEqual([null, 'undecodable']);
    expect(await isReady(toRevamp)).toBe(true);
    expect([toRevamp.processId, toRevamp.restarts]).toEqual([processId, 0]);
  });

  test('I1: a schema id the registry confirms it does not know is the fault of its record alone', async () => {
    const unknownSchema = [0x00, 0x7f, 0xff, 0xff, 0xfe];
    const value = Buffer.from([...unknownSchema, 0x02, 0x04]);
    const names = await produceAmongGoodRecords(company(), 'unknown-schema', [
      { key: Buffer.from([...unknownSchema, 0x02]), value },
    ]);
    await applications.haveReachedRevamp(names);
    const letter = await letterOf((candidate) => candidate.value?.equals(value) === true);
    expect(letter.header('x-sync-error-code')).toBe('schema_id_unknown');
    expect(letter.header('__connect.errors.exception.message')).toContain('schemaId: 2147483646');
    expect((await healthOf(toRevamp)).consumer).toMatchObject({ state: 'running', faults: [] });
  });

  test('I8: a value beyond the target and an unknown word are dead-lettered by name, never by value', async () => {
    const [tooLate] = await applications.legacyUsers(['year-2100'], { updatedAt: '2100-02-03T04:05:06Z' });
    const [banned] = await applications.legacyUsers(['banned-user'], { status: 'excommunicated' });
    await applications.revampUsers(['banned-there'], { status: 'ANATHEMA' });
    await applications.legacyUsers(['good-here']);
    await applications.revampUsers(['good-there']);
    await applications.haveReachedRevamp(['good-here']);
    await applications.haveReachedLegacy(['good-there']);

    const letters = await Promise.all(
      ['year-2100', 'banned-user', 'banned-there'].map((name) =>
        letterOf(({ value }) => value?.includes(`${name}@example.test`) === true),
      ),
    );
    expect(letters.map((letter) => letter.header('x-sync-error-code'))).toEqual([
      'out_of_range',
      'unknown_value_word',
      'unknown_value_word',
    ]);
    const messages = letters.map((letter) => letter.header('__connect.errors.exception.message') ?? '');
    expect(messages).toEqual([
      expect.stringMatching(/revamp_users.*updated_at.*correct the row/is),
      expect.stringMatching(/legacy_users\.status.*correct the row/is),
      expect.stringMatching(/revamp_users\.account_status.*correct the row/is),
    ]);
    const said = [...messages, logOf(toRevamp), logOf(toLegacy)].join('\n');
    for (const secret of ['2100-02-03', 'excommunicated', 'ANATHEMA', 'banned-user']) {
      expect(said.includes(secret)).toBe(false);
    }
    // What the messages say helps: the corrected rows cross.
    await system.databases.legacyPool.query(
      `update legacy_users set updated_at = clock_timestamp(), status = 'active' where id = any($1)`,
      [[tooLate, banned]],
    );
    await system.databases.revampPool.query(
      "update revamp_users set account_status = 'SUSPENDED' where user_name = 'banned-there'",
    );
    await applications.haveReachedRevamp(['year-2100', 'banned-user']);
    await applications.haveReachedLegacy(['banned-there']);
  });

  test('I6 I7: a row whose parent never comes is shown as stuck and keeps no other key waiting', async () => {
    const [orphaned] = await applications.legacyUsers(['no-parent'], { status: 'unheard-of' });
    await applications.legacyPost('orphan', orphaned);
    const stuck = await waitFor(
      async () => {
        const { consumer } = await healthOf(toRevamp);
        return 'missing_parent' in consumer.stuckSecondLooks ? consumer : undefined;
      },
      { what: 'the look to be shown as stuck', deadlineMs: stuckAfterMs + 20_000 },
    );
    expect(stuck).toMatchObject({ state: 'running', stuckSecondLooks: { missing_parent: 1 } });
    const metrics = await (await fetch(`${toRevamp.url}/metrics`)).text();
    expect(metrics).toMatch(/^sync_second_looks\{reason="missing_parent",direction="legacy-to-revamp"\} 1$/m);
    expect(metrics).toMatch(
      /^sync_second_looks_stuck\{reason="missing_parent",direction="legacy-to-revamp"\} 1$/m,
    );
    expect(metrics).toMatch(/^sync_second_look_oldest_seconds\{[^}]*\} [1-9]/m);

    const [author] = await applications.legacyUsers(['with-posts']);
    await applications.legacyPost('not an orphan', author);
    expect(await applications.headlinesInRevamp(1)).toEqual(['not an orphan']);

    await system.databases.legacyPool.query("update legacy_users set status = 'active' where id = $1", [
      orphaned,
    ]);
    expect(await applications.headlinesInRevamp(2)).toEqual(['not an orphan', 'orphan']);
    await waitFor(async () => !('missing_parent' in (await healthOf(toRevamp)).consumer.stuckSecondLooks), {
      what: 'nothing to be stuck',
      deadlineMs: 20_000,
    });
  });

  test('I1: a registry that does not answer pauses the partition, dead-letters nothing, and work goes on', async () => {
    const lettersBefore = await countLetters(system);
    const beginning = await countUsersRecords(system);
    toRevamp.kill('SIGSTOP');
    await applications.legacyUsers(['while-frozen']);
    await waitFor(async () => (await countUsersRecords(system)) > beginning, {
      what: 'the record to be in the topic',
      deadlineMs: 10_000,
    });
    system.stack.kill('schemaRegistry', 'SIGSTOP');
    try {
      // A new process has no schema yet.
      toRevamp.kill('SIGKILL');
      const consumer = await faultsOf(toRevamp);
      expect(consumer).toMatchObject({
        state: 'degraded',
        stopReason: null,
        faults: [{ code: 'registry_unreachable', message: expect.stringContaining('schemaRegistry.url') }],
      });
    } finally {
      system.stack.kill('schemaRegistry', 'SIGCONT');
    }
    await applications.haveReachedRevamp(['while-frozen']);
    await runsAgain(toRevamp);
    expect(await countLetters(system)).toBe(lettersBefore);
  });

  test('I1: a database that hangs degrades the health; afterwards everything arrives', async () => {
    const lettersBefore = await countLetters(system);
    system.stack.kill('mysql', 'SIGSTOP');
    try {
      await applications.legacyUsers(['while-hanging-1', 'while-hanging-2']);
      const health = await waitFor(
        async () => {
          const answer = await healthOf(toRevamp);
          return answer.status === 'healthy' ? undefined : answer;
        },
        { what: 'the health to degrade', deadlineMs: 20_000 },
      );
      expect(health.checks).toContainEqual(expect.objectContaining({ name: 'target', status: 'down' }));
    } finally {
      system.stack.kill('mysql', 'SIGCONT');
    }
    await applications.haveReachedRevamp(['while-hanging-1', 'while-hanging-2']);
    await runsAgain(toRevamp);
    expect(await countLetters(system)).toBe(lettersBefore);
  });

  test('I1 I6: databases killed with -9 come back, nothing is dead-lettered and nothing lost', async () => {
    const lettersBefore = await countLetters(system);
    system.stack.kill('mysql');
    await applications.legacyUsers(['mysql-was-down-1', 'mysql-was-down-2']);
    await isDegraded(toRevamp);
    await applications.haveReachedRevamp(['mysql-was-down-1', 'mysql-was-down-2']);

    system.stack.kill('postgres');
    await applications.revampUsers(['postgres-was-down-1', 'postgres-was-down-2']);
    await isDegraded(toLegacy);
    await applications.haveReachedLegacy(['postgres-was-down-1', 'postgres-was-down-2']);

    await applications.legacyUsers(['after-all-here']);
    await applications.revampUsers(['after-all-there']);
    await applications.haveReachedRevamp(['after-all-here']);
    await applications.haveReachedLegacy(['after-all-there']);
    await Promise.all([runsAgain(toRevamp), runsAgain(toLegacy)]);
    expect(await countLetters(system)).toBe(lettersBefore);
    expect([toRevamp.restarts, toLegacy.restarts]).toEqual([1, 0]);
  });

  test('I1: while the dead letter queue cannot be written no bad record is passed, and other partitions go on', async () => {
    await box.stop();
    await system.kafka.admin.deleteTopic(deadLetterTopic);
    await applications.legacyUsers(['letter-without-queue'], { status: 'unspeakable' });
    const consumer = await faultsOf(toRevamp);
    expect(consumer.faults).toMatchObject([
      { code: 'dead_letter_queue_unwritable', message: expect.stringContaining(deadLetterTopic) },
    ]);
    await applications.revampUsers(['meanwhile']);
    await applications.haveReachedLegacy(['meanwhile']);

    await system.kafka.admin.createTopics([
      { topic: deadLetterTopic, partitions: 4, configuration: { 'retention.ms': '-1' } },
    ]);
    box = await openLetterBox(system.kafka);
    const letter = await letterOf(({ value }) => value?.includes('letter-without-queue') === true);
    expect(letter.header('x-sync-error-code')).toBe('unknown_value_word');
    await runsAgain(toRevamp);
    await system.databases.legacyPool.query(
      "update legacy_users set status = 'active' where status = 'unspeakable'",
    );
    await applications.haveReachedRevamp(['letter-without-queue']);
  });

  test('refuses to start where event ids would be forgotten before their topic forgets the events', async () => {
    const { status, message } = await runService({
      ...serviceVariables(system),
      ROWBRIDGE_LEDGER_RETENTION_HOURS: '1',
    });
    expect(status).toBe(2);
    expect(message).toMatch(
      /topic: legacy\.public\.legacy_users, retention\.ms: \d+, ledger\.retentionHours: 1/,
    );
    expect(message).toContain('Raise ledger.retentionHours');
  });

  test('ends with 3 when no Kafka broker answers at the start', async () => {
    const { status, message } = await runService({
      ...serviceVariables(system),
      KAFKA_BROKERS: '127.0.0.1:1',
      ROWBRIDGE_START_TIMEOUT_MS: '0',
    });
    expect(status).toBe(3);
    expect(message).toMatch(/127\.0\.0\.1:1.*kafka\.brokers/s);
  });

  test('I6: with every bad row corrected both sides are equal, value by value', async () => {
    await noteQuietMoment(system, { deadlineMs: 60_000 });
    const { equal, tables } = await compareSystem(system);
    expect(tables.flatMap(({ differences }) => differences)).toEqual([]);
    expect(equal).toBe(true);
  });
});
