import { randomBytes } from 'node:crypto';
import type { RunningSystem } from '@rowbridge/launcher';
import { compareSystem, noteQuietMoment } from '@rowbridge/launcher';
import { waitFor } from '@rowbridge/testing';
import { openApplications } from './bad-input-harness.js';
import { startScenarioSystem, type ScenarioSystem } from './scenario-system.js';

interface Letter {
  readonly id: string;
  readonly status: string;
  readonly key: string | null;
  readonly errorCode: string;
  readonly outcome: string | null;
  readonly reason: string | null;
  readonly payload: {
    readonly state: string;
    readonly after?: Readonly<Record<string, { readonly value: string | null; readonly masked: boolean }>>;
  };
}

interface Answer {
  readonly status: number;
  readonly body: {
    readonly items: readonly Letter[];
    readonly total: number;
    readonly code: string;
    readonly replay: {
      readonly state: string;
      readonly byOutcome: Readonly<Record<string, number>>;
      readonly requestId: string;
    };
    readonly results: readonly {
      readonly id: string;
      readonly outcome: string | null;
      readonly fault: { readonly code: string } | null;
    }[];
    readonly discarded: number;
  } & Letter;
}

const readerToken = 'reader-of-dead-letters-0001';

describe('dead letters, from the record that failed to its end', () => {
  let running: ScenarioSystem;
  let system: RunningSystem;

  beforeAll(async () => {
    running = await startScenarioSystem({
      controlApiSettings: {
        ROWBRIDGE_TOKENS: `all read,operate,replay,unmask ${fullToken};reader read ${readerToken}`,
      },
    });
    ({ system } = running);
  });

  afterAll(() => running?.remove());

  const fullToken = randomBytes(24).toString('base64url');
  const name = (): string => `letter${randomBytes(4).toString('hex')}`;

  async function ask(path: string, body?: object, token = fullToken): Promise<Answer> {
    const answer = await fetch(`${system.controlApi.url}/api/v1/dlq${path}`, {
      method: body === undefined ? 'GET' : 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(20_000),
    });
    return { status: answer.status, body: (await answer.json()) as Answer['body'] };
  }

  /** A user whose status no value table knows; its dead letter. */
  async function poison(user: string): Promise<Letter> {
    const [key = ''] = await openApplications(system).legacyUsers([user], { status: 'unspeakable' });
    return waitFor(async () => (await ask(`?key=${key}&table=users`)).body.items[0], {
      what: 'the dead letter to be listed',
      deadlineMs: 60_000,
      intervalMs: 100,
    });
  }

  async function usersThere(user: string): Promise<readonly { account_status: string }[]> {
    const [rows] = await system.databases.revampPool.query(
      'select account_status from revamp_users where user_name = ?',
      [user],
    );
    return rows as { account_status: string }[];
  }

  test('one is listed by any of its marks, and shown with personal data masked to those who may not see it', async () => {
    const user = name();
    const letter = await poison(user);
    expect(letter).toMatchObject({ status: 'open', errorCode: 'unknown_value_word' });
    for (const filter of ['direction=legacy-to-revamp', 'errorCode=unknown_value_word', 'status=open']) {
      const { items } = (await ask(`?${filter}&limit=500`)).body;
      expect(items.map(({ id }) => id)).toContain(letter.id);
    }
    expect((await ask('?direction=revamp-to-legacy')).body).toMatchObject({ items: [], total: 0 });
    const shown = (await ask(`/${letter.id}`)).body.payload.after;
    expect(shown).toMatchObject({
      username: { value: user, masked: false },
      email: { value: `${user}@example.test`, masked: false },
    });
    const masked = await ask(`/${letter.id}`, undefined, readerToken);
    expect(masked.body.payload.after).toMatchObject({
      username: { value: user, masked: false },
      email: { value: null, masked: true },
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
    const users = Array.from({ length: 5 }, name);
    const onRevamp = (sql: string): Promise<unknown> => system.databases.revampPool.query(sql);
    await onRevamp(`alter table revamp_users add constraint no_letters check (user_name not like 'held%')`);
    const held = users.map((user) => `held${user}`);
    await openApplications(system).legacyUsers(held);
    await waitFor(
      async () => (await ask('?errorCode=check_violation&status=open')).body.total === held.length,
      {
        what: 'the dead letters',
        deadlineMs: 60_000,
      },
    );
    await onRevamp('alter table revamp_users drop constraint no_letters');
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
});
