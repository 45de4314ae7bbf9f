import { randomBytes } from 'node:crypto';
import type { RunningSystem } from '@rowbridge/launcher';
import { compareSystem, noteQuietMoment } from '@rowbridge/launcher';
import type { DeadLetterDetail } from '@rowbridge/control-protocol';
import { waitFor } from '@rowbridge/testing';
import { DeadLetterClient } from '../replay/dead-letter-client.js';
import { openApplications } from './bad-input-harness.js';
import { startScenarioSystem, type ScenarioSystem } from './scenario-system.js';

const readerToken = 'reader-of-dead-letters-0001';

describe('dead letters, from the record that failed to its end', () => {
  let running: ScenarioSystem;
  let system: RunningSystem;
  let client: DeadLetterClient;

  beforeAll(async () => {
    running = await startScenarioSystem({
      controlApiSettings: {
        ROWBRIDGE_TOKENS: `all read,operate,replay,unmask ${fullToken};reader read ${readerToken}`,
      },
    });
    ({ system } = running);
    client = new DeadLetterClient(system, fullToken);
  });

  afterAll(() => running?.remove());

  const fullToken = randomBytes(24).toString('base64url');
  const name = (): string => `letter${randomBytes(4).toString('hex')}`;

  const ask: DeadLetterClient['ask'] = (...request) => client.ask(...request);
  const poison = (user: string): Promise<DeadLetterDetail> => client.poison(user);
  const usersThere: DeadLetterClient['usersThere'] = (user) => client.usersThere(user);

  test('one is listed by any of its marks, and shown with personal data masked to those who may not see it', async () => {
    const user = name();
    const letter = await poison(user);
    expect(letter).toMatchObject({ status: 'open', errorCode: 'unknown_value_word' });
    for (const filter of ['direction=legacy-to-revamp', 'errorCode=unknown_value_word', 'status=open']) {
      const { items } = (await ask(`?${filter}&limit=500`)).body;
      expect(items.map(({ id }) => id)).toContain(letter.id);
    }
    expect((await ask('?direction=revamp-to-legacy')).body).toMatchObject({ items: [], total: 0 });
    expect((await ask(`/${letter.id}`)).body.payload).toMatchObject({
      after: {
        username: { value: user, masked: false },
        email: { value: `${user}@example.test`, masked: false },
      },
    });
    const masked = await ask(`/${letter.id}`, undefined, readerToken);
    expect(masked.body.payload).toMatchObject({
      after: { username: { value: user, masked: false }, email: { value: null, masked: true } },
    });
    expect(JSON.stringify(masked.body)).not.toContain('@example.test');
  });

  test('one is rehearsed, edited and replayed: the row arrives as edited, and the edit is audited without personal data', async () => {
    const user = name();
    const { id } = await poison(user);
    const rehearsal = await ask('/replay?dryRun=true', { ids: [id] });
    expect(rehearsal.body.results).toMatchObject([
      { id, outcome: null, fault: { code: 'unknown_value_word' } },
    ]);
    const edit = { columns: { status: 'active', full_name: 'Ada' }, reason: 'the word was a typing error' };
    expect((await ask(`/${id}/edit?dryRun=true`, edit)).body.results).toMatchObject([{ outcome: 'applied' }]);
    expect(await usersThere(user)).toEqual([]);
    expect((await ask(`/${id}/edit`, edit)).body.results).toMatchObject([{ outcome: 'applied' }]);
    expect(await usersThere(user)).toEqual([{ account_status: 'ACTIVE' }]);
    expect((await ask(`/${id}`)).body).toMatchObject({ status: 'replayed', outcome: 'applied' });
    const audit = await fetch(`${system.controlApi.url}/api/v1/audit?action=dlq.edit`, {
      headers: { authorization: `Bearer ${fullToken}` },
    });
    expect(await audit.json()).toMatchObject({
      items: [
        {
          actor: 'all',
          target: `dead letter ${id}`,
          before: { status: 'unspeakable', full_name: 'masked' },
          after: { columns: { status: 'active', full_name: 'masked' }, reason: edit.reason },
        },
      ],
    });
    expect((await ask(`/${id}/edit`, edit)).status).toBe(409);
    await system.databases.legacyPool.query(
      `update legacy_users set status = 'active', full_name = 'Ada' where username = $1`,
      [user],
    );
  });

  test('one whose row has moved on meanwhile is superseded, and replayed in vain it stays open with its fault', async () => {
    const user = name();
    const { id } = await poison(user);
    expect((await ask('/replay', { ids: [id] })).body).toMatchObject({
      replay: { state: 'completed', byOutcome: { fault: 1 } },
      results: [{ id, outcome: null, fault: { code: 'unknown_value_word' } }],
    });
    expect((await ask(`/${id}`)).body).toMatchObject({ status: 'open', attempts: 2 });
    await system.databases.legacyPool.query(`update legacy_users set status = 'active' where username = $1`, [
      user,
    ]);
    await waitFor(async () => (await usersThere(user)).length === 1, {
      what: 'the corrected row',
      deadlineMs: 60_000,
    });
    const edit = { columns: { status: 'inactive' }, reason: 'too late' };
    await ask(`/${id}/edit`, edit);
    expect((await ask(`/${id}`)).body).toMatchObject({ status: 'superseded' });
    expect(await usersThere(user)).toEqual([{ account_status: 'ACTIVE' }]);
  });

  test('one is discarded with a reason, once, and then neither replayed nor edited', async () => {
    const { id } = await poison(name());
    expect((await ask('/discard', { ids: [id] })).status).toBe(400);
    expect((await ask('/discard', { ids: [id], reason: 'test data' }, readerToken)).status).toBe(403);
    const discard = { ids: [id], reason: 'test data' };
    expect((await ask('/discard?dryRun=true', discard)).body.discarded).toBe(1);
    expect((await ask('/discard', discard)).body.discarded).toBe(1);
    expect((await ask('/discard', discard)).body).toMatchObject({
      discarded: 0,
      skipped: [{ id, status: 'discarded' }],
    });
    expect((await ask(`/${id}`)).body).toMatchObject({ status: 'discarded', reason: 'test data' });
    expect(await ask('/replay', { ids: [id] })).toMatchObject({
      status: 409,
      body: { code: 'illegal_transition' },
    });
    expect((await ask('/discard', { ids: ['9-999999'], reason: 'nothing' })).status).toBe(404);
  });

  test('all are replayed when confirmed, in source order, and what was held back converges', async () => {
    const held = await client.holdBack('held', 5);
    expect((await ask('/replay', { all: true })).status).toBe(400);
    const filter = { errorCode: 'check_violation' };
    expect((await ask('/replay?dryRun=true', { filter })).body.replay.byOutcome).toEqual({ applied: 5 });
    const { replay } = (await ask('/replay', { all: true, confirm: 'all' })).body;
    expect(replay).toMatchObject({ state: 'completed', byOutcome: { applied: 5, fault: 1 } });
    for (const user of held) expect(await usersThere(user)).toHaveLength(1);
    expect((await ask(`?errorCode=check_violation&status=replayed`)).body.total).toBe(5);
    const metrics = await (await fetch(`${system.controlApi.url}/metrics`)).text();
    expect(metrics).not.toMatch(/sync_open_dead_letters\{[^}]*check_violation/);
    expect(metrics).toMatch(/sync_open_dead_letters\{[^}]*unknown_value_word[^}]*\} 1\n/);
    await system.databases.legacyPool.query(
      `update legacy_users set status = 'active' where status = 'unspeakable'`,
    );
    await noteQuietMoment(system, { deadlineMs: 60_000 });
    expect((await compareSystem(system)).equal).toBe(true);
  });

  test('a replay whose API is killed is told to its end by the next one, and the rest is replayed', async () => {
    const held = await client.holdBack('interrupted', 8);
    const filter = { errorCode: 'check_violation' };
    const begun = await ask('/replay', { filter, ratePerSecond: 1 });
    expect([begun.status, begun.body.replay.state]).toEqual([202, 'running']);
    await client.killApi();
    const { requestId } = begun.body.replay;
    const { replay, results } = await waitFor(
      async () => {
        const { body } = await ask(`/replays/${requestId}`);
        return body.replay.state === 'running' ? null : body;
      },
      { what: 'the replay to be ended', deadlineMs: 90_000, intervalMs: 250 },
    );
    expect(replay).toMatchObject({ state: 'failed', error: { code: 'replay_interrupted' }, selected: 8 });
    expect(replay.answered).toBeGreaterThan(0);
    expect(replay.answered).toBeLessThan(8);
    expect(replay.byOutcome).toEqual({ applied: replay.answered });
    const replayed = (await ask('?errorCode=check_violation&status=replayed&limit=500')).body.items;
    const own = replayed.filter((letter) => letter.requestId === requestId);
    expect(own.map(({ id }) => id).sort()).toEqual(results.map(({ id }) => id).sort());
    expect(own.map(({ settledBy }) => settledBy)).toEqual(own.map(() => 'all'));
    const rest = await ask('/replay', { filter });
    expect(rest.body.replay).toMatchObject({ state: 'completed', selected: 8 - replay.answered });
    for (const user of held) expect(await usersThere(user)).toHaveLength(1);
  });

  test('one whose table is not mapped any more is shown masked, refused with the reason, and discarded', async () => {
    const { id, record } = await poison(name());
    const reader = system.kafka.openReader(record.topic);
    const [letter] = await reader.read([{ partition: record.partition, offset: BigInt(record.offset) }]);
    const told = { '__connect.errors.topic': 'legacy.public.legacy_gone', 'x-sync-event-id': '' };
    const headers = (letter?.headers ?? []).map(({ name: header, value }) => ({
      name: header,
      value: header in told ? Buffer.from(told[header as keyof typeof told]) : value,
    }));
    await system.kafka.producer.send(record.topic, [
      { key: letter?.key ?? null, value: letter?.value ?? null, headers },
    ]);
    const gone = await client.find('table=legacy_gone');
    const shown = (await ask(`/${gone.id}`, undefined, readerToken)).body;
    expect([shown.mapped, JSON.stringify(shown.payload)]).toEqual([
      false,
      expect.not.stringContaining('example.test'),
    ]);
    expect((await ask('/replay', { ids: [gone.id] })).body.results).toMatchObject([
      { outcome: null, fault: { code: 'table_not_mapped', message: expect.stringContaining('legacy_gone') } },
    ]);
    expect((await ask(`/${gone.id}`)).body).toMatchObject({ status: 'open', errorCode: 'table_not_mapped' });
    const edit = { columns: { status: 'active' }, reason: 'a table of old' };
    expect(await ask(`/${gone.id}/edit`, edit)).toMatchObject({
      status: 409,
      body: { code: 'table_not_mapped' },
    });
    expect((await ask('/discard', { ids: [gone.id, id], reason: 'the table is gone' })).body.discarded).toBe(
      2,
    );
  });

  test('one larger than its queue takes is kept without its value, refused with the reason, and discarded', async () => {
    const { admin } = system.kafka;
    await admin.deleteTopic('sync.dlq');
    const small = { 'retention.ms': '-1', 'max.message.bytes': '60000' };
    const declared = { topic: 'sync.dlq', partitions: 4, configuration: small };
    await waitFor(
      async () => {
        await admin.createTopics([declared]);
        return (
          (await admin.topicConfiguration('sync.dlq', ['max.message.bytes']))['max.message.bytes'] === '60000'
        );
      },
      { what: 'a queue that takes less', deadlineMs: 30_000, intervalMs: 250 },
    );
    await client.killApi();
    const [author] = await openApplications(system).legacyUsers([name()]);
    await system.databases.legacyPool.query(
      `insert into legacy_posts (user_id, title, body, status) values ($1, 'large', $2, 'unspeakable')`,
      [author, randomBytes(50_000).toString('hex')],
    );
    const { id } = await client.find('table=posts&status=open');
    expect((await ask(`/${id}`)).body).toMatchObject({
      hasBody: false,
      payload: { state: 'absent', why: expect.stringMatching(/value of 1\d{5} bytes was larger/) },
    });
    const refused = { outcome: null, fault: { code: 'dead_letter_without_body' }, status: 'open' };
    expect((await ask('/replay', { ids: [id] })).body.results).toMatchObject([refused]);
    const edit = { columns: { status: 'active' }, reason: 'the word was wrong' };
    expect(await ask(`/${id}/edit`, edit)).toMatchObject({
      status: 409,
      body: { code: 'dead_letter_without_body' },
    });
    expect((await ask('/discard', { ids: [id], reason: 'synced anew' })).body.discarded).toBe(1);
    expect((await ask(`/${id}`)).body.status).toBe('discarded');
  });
});
