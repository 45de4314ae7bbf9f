import { randomBytes } from 'node:crypto';
import {
  controlTopics,
  directionStatusSchema,
  replayHeaders,
  replayReplySchema,
  replayTopic,
  type DirectionStatus,
  type PauseOrder,
  type ReplayReply,
  type TableStatus,
} from '@rowbridge/control-protocol';
import { compareSystem, noteQuietMoment, type RunningSystem, type ServiceProcess } from '@rowbridge/launcher';
import { waitFor } from '@rowbridge/testing';
import { openApplications, openLetterBox, type ReadLetter } from './bad-input-harness.js';
import { startScenarioSystem, type ScenarioSystem } from './scenario-system.js';
import { healthOf } from './service-health.js';

const direction = 'legacy-to-revamp';

describe('a direction steered while it runs', () => {
  let running: ScenarioSystem;
  let system: RunningSystem;
  let service: ServiceProcess;
  /** The latest report of each instance; none of those that have ended in peace. */
  const reports = new Map<string, DirectionStatus>();
  const replies: ReplayReply[] = [];

  beforeAll(async () => {
    running = await startScenarioSystem();
    ({ system } = running);
    service = system.services.find(({ name }) => name === direction) as ServiceProcess;
    await system.kafka.follow({
      topics: [controlTopics.status, controlTopics.replies],
      from: 'beginning',
      onCrash: () => undefined,
      onRecord({ topic, key, value }) {
        const name = Buffer.from(key ?? '').toString();
        const content: unknown = value && JSON.parse(Buffer.from(value).toString());
        if (topic === controlTopics.replies) replies.push(replayReplySchema.parse(content));
        else if (content === null) reports.delete(name);
        else reports.set(name, directionStatusSchema.parse(content));
      },
    });
  });

  afterAll(() => running?.remove());

  const report = (): DirectionStatus | undefined =>
    [...reports.values()].filter((candidate) => candidate.direction === direction).at(-1);
  const tableReport = (entity: string): TableStatus | undefined =>
    report()?.tables.find(({ table }) => table === entity);
  const told = (what: string, isTold: () => boolean): Promise<unknown> =>
    waitFor(isTold, { deadlineMs: 30_000, what, intervalMs: 50 });

  const order = async (table: string | null, paused: boolean): Promise<void> => {
    const content: PauseOrder = {
      direction,
      table,
      paused,
      actor: 'test',
      reason: null,
      orderedAtMs: Date.now(),
    };
    const key = Buffer.from(table === null ? direction : `${direction}/${table}`);
    await system.kafka.producer.send(controlTopics.control, [
      { key, value: Buffer.from(JSON.stringify(content)) },
    ]);
  };
  const settings = async (version: number, values: object): Promise<void> => {
    const content = { direction, version, values, actor: 'test', changedAtMs: Date.now() };
    const value = Buffer.from(JSON.stringify(content));
    await system.kafka.producer.send(controlTopics.config, [{ key: Buffer.from(direction), value }]);
  };

  const arrived = async (sql: string, values: readonly string[]): Promise<number> => {
    const [rows] = await system.databases.revampPool.query(sql, [...values]);
    return (rows as unknown[]).length;
  };
  const usersThere = (name: string): Promise<number> =>
    arrived('select id from revamp_users where user_name = ?', [name]);
  const postsThere = (title: string): Promise<number> =>
    arrived('select id from revamp_posts where headline = ?', [title]);
  const writePost = (userId: string, title: string): Promise<unknown> =>
    system.databases.legacyPool.query(
      `insert into legacy_posts (user_id, title, body, status) values ($1, $2, 'text', 'draft')`,
      [userId, title],
    );
  const name = (): string => `steer${randomBytes(4).toString('hex')}`;

  test('every service reports each second, and says what it was assigned', async () => {
    await told('both directions to report that they run', () => {
      const states = [...reports.values()].map(({ state }) => state);
      return states.filter((state) => state === 'running').length === 2;
    });
    expect(report()).toMatchObject({ url: service.url, stopReason: null, settingsVersion: 0 });
    expect(report()?.assignment).toContainEqual({ topic: replayTopic(direction), partition: 0 });
    const { reportedAtMs = 0 } = report() ?? {};
    await told('the next reports', () => (report()?.reportedAtMs ?? 0) >= reportedAtMs + 2_000);
  });

  test('I1: a paused table waits over a restart while others flow, and nothing is lost when it goes on', async () => {
    const [author, waiting] = [name(), name()];
    const applications = openApplications(system);
    const [authorId = ''] = await applications.legacyUsers([author]);
    await applications.haveReachedRevamp([author]);

    await order('users', true);
    await told('the pause', () => tableReport('users')?.paused === true);
    await applications.legacyUsers([waiting]);
    const [before, after] = [name(), name()];
    await writePost(authorId, before);
    await waitFor(async () => (await postsThere(before)) === 1, { deadlineMs: 30_000, what: 'the post' });
    expect(await usersThere(waiting)).toBe(0);
    await told('the age of what waits', () => (tableReport('users')?.lagSeconds ?? 0) > 1);
    expect(tableReport('posts')).toMatchObject({ paused: false });
    expect(await healthOf(service)).toMatchObject({
      status: 'healthy',
      consumer: { pausedTables: ['users'] },
    });

    const { instance } = report() ?? {};
    service.kill('SIGTERM');
    await told(
      'the old instance to take its report back',
      () => !reports.has(`${direction}/${instance ?? ''}`),
    );
    await told('the new instance to run', () => report()?.state === 'running');
    await writePost(authorId, after);
    await waitFor(async () => (await postsThere(after)) === 1, { deadlineMs: 30_000, what: 'the next post' });
    expect(await usersThere(waiting)).toBe(0);
    expect(tableReport('users')).toMatchObject({ paused: true });

    await order('users', false);
    await applications.haveReachedRevamp([waiting]);
    await noteQuietMoment(system, { deadlineMs: 60_000 });
    expect((await compareSystem(system)).equal).toBe(true);
  });

  test('a paused direction is healthy, says so, and goes on where it stood', async () => {
    const waiting = name();
    const applications = openApplications(system);
    await order(null, true);
    await told('the pause', () => report()?.state === 'paused');
    await applications.legacyUsers([waiting]);
    await told('the age of what waits', () => (tableReport('users')?.lagSeconds ?? 0) > 1);
    expect(await healthOf(service)).toMatchObject({ status: 'healthy', consumer: { state: 'paused' } });
    expect(await usersThere(waiting)).toBe(0);
    await order(null, false);
    await applications.haveReachedRevamp([waiting]);
    await told('the direction to run', () => report()?.state === 'running');
  });

  test('settings take effect while it runs and survive a restart; invalid ones are refused', async () => {
    await settings(1, { 'batch.maxRows': 7, logLevel: 'warn' });
    await told('the settings', () => report()?.settingsVersion === 1);
    await settings(2, { 'batch.maxRows': 0 });
    await settings(3, { 'batch.maxRows': 9 });
    await told('the next valid settings', () => report()?.settingsVersion === 3);
    const { instance } = report() ?? {};
    service.kill('SIGTERM');
    await told('another instance with the settings', () => {
      const latest = report();
      return latest !== undefined && latest.instance !== instance && latest.settingsVersion === 3;
    });
    await system.kafka.producer.send(controlTopics.config, [{ key: Buffer.from(direction), value: null }]);
    await told('the settings taken back', () => report()?.settingsVersion === 0);
  });

  test('a dead letter is rehearsed, fails again, and is applied once its cause is gone', async () => {
    const refused = name();
    const letterBox = await openLetterBox(system.kafka);
    const onRevamp = (sql: string): Promise<unknown> => system.databases.revampPool.query(sql);
    await onRevamp(`alter table revamp_users add constraint no_steering check (user_name <> '${refused}')`);
    await openApplications(system).legacyUsers([refused]);
    await waitFor(() => letterBox.letters.length > 0, { deadlineMs: 60_000, what: 'the dead letter' });
    const letter = letterBox.letters.at(-1) as ReadLetter;
    await letterBox.stop();

    expect(await replay(letter, 'apply')).toMatchObject({
      outcome: null,
      fault: { code: 'check_violation' },
    });
    await onRevamp('alter table revamp_users drop constraint no_steering');
    expect(await replay(letter, 'dry_run')).toMatchObject({ outcome: 'applied', dryRun: true });
    expect(await usersThere(refused)).toBe(0);
    expect(await replay(letter, 'apply')).toMatchObject({ outcome: 'applied', dryRun: false });
    expect(await usersThere(refused)).toBe(1);
    expect(await replay(letter, 'apply')).toMatchObject({ outcome: 'duplicate' });
    await noteQuietMoment(system, { deadlineMs: 60_000 });
    expect((await compareSystem(system)).equal).toBe(true);
  });

  const replay = async (letter: ReadLetter, mode: 'apply' | 'dry_run'): Promise<ReplayReply | undefined> => {
    const requestId = name();
    const headers = {
      [replayHeaders.requestId]: requestId,
      [replayHeaders.deadLetterId]: 'letter',
      [replayHeaders.mode]: mode,
      [replayHeaders.topic]: letter.header('__connect.errors.topic') ?? '',
      [replayHeaders.partition]: letter.header('__connect.errors.partition') ?? '',
      [replayHeaders.offset]: letter.header('__connect.errors.offset') ?? '',
    };
    const own = Object.entries(headers).map(([header, text]) => ({ name: header, value: Buffer.from(text) }));
    const { key, value } = letter;
    await system.kafka.producer.send(replayTopic(direction), [{ key, value, headers: own }]);
    const answer = (): ReplayReply | undefined => replies.find((reply) => reply.requestId === requestId);
    await told('the answer', () => answer() !== undefined);
    return answer();
  };
});
