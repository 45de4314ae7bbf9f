import type { DeadLetter } from '@rowbridge/pipeline';
import { describeWithEngines, waitFor } from '@rowbridge/testing';
import { openRowPath, type RowPath } from '../row-path/row-path-harness.js';
import { RandomHistory } from './random-history.js';
import { ReplayDesk } from './replay-harness.js';
import { created, insertion, tooLong, updated, user, type Row } from './user-rows.js';

describeWithEngines('replaying dead letters, PostgreSQL to MariaDB', () => {
  let path: RowPath;
  let desk: ReplayDesk;

  beforeEach(async () => {
    path = await openRowPath();
    desk = new ReplayDesk(path);
    await narrow();
  });

  afterEach(() => path.close());

  const narrow = (): Promise<unknown> =>
    path.revamp.run('alter table revamp_users modify display_name varchar(5)');
  const widen = (): Promise<unknown> =>
    path.revamp.run('alter table revamp_users modify display_name varchar(200)');
  const names = async (): Promise<unknown[]> =>
    (await path.revamp.run('select display_name from revamp_users order by email_address')).map(
      (row) => row['display_name'],
    );
  const theLetter = (): DeadLetter => path.letters[0] as DeadLetter;
  const idOf = (eventId: string | null): string => `unhex('${(eventId ?? '').replaceAll('-', '')}')`;
  const forgetClaim = (eventId: string | null): Promise<unknown> =>
    path.revamp.run(`delete from rowbridge.processed_events where event_id = ${idOf(eventId)}`);
  const claims = async (eventId: string | null): Promise<number> =>
    (
      await path.revamp.run(
        `select event_id from rowbridge.processed_events where event_id = ${idOf(eventId)}`,
      )
    ).length;

  it('applies a dead letter once its cause is gone, and finds it a duplicate the second time', async () => {
    expect(await path.send(created('1', tooLong))).toEqual(['dead_lettered']);
    await widen();
    expect(await desk.replay([theLetter()])).toMatchObject([
      { requestId: 'request', deadLetterId: 'letter 0', dryRun: false, outcome: 'applied', fault: null },
    ]);
    expect(await desk.replay([theLetter()])).toMatchObject([{ outcome: 'duplicate', fault: null }]);
    expect(await names()).toEqual([tooLong]);
  });

  it('answers why a record fails again, without a second dead letter or a claim', async () => {
    await path.send(created('1', tooLong));
    const [answer] = await desk.replay([theLetter()]);
    expect(answer).toMatchObject({ outcome: null, fault: { code: 'value_too_long' } });
    expect(JSON.stringify(answer)).not.toContain(tooLong);
    expect(path.letters).toHaveLength(1);
    expect(path.outcomes).toEqual(['dead_lettered']);
    expect(await claims(theLetter().eventId)).toBe(0);
  });

  it('rehearses what would happen and leaves no trace of it', async () => {
    await path.send(created('1', 'short'), created('2', tooLong), created('3', tooLong));
    const letters = [...path.letters];
    expect(await desk.replay(letters, { mode: 'dry_run' })).toMatchObject([
      { dryRun: true, outcome: null, fault: { code: 'value_too_long' } },
      { dryRun: true, outcome: null, fault: { code: 'value_too_long' } },
    ]);
    await widen();
    const counted = [...path.outcomes];
    expect(await desk.replay(letters, { mode: 'dry_run' })).toMatchObject([
      { dryRun: true, outcome: 'applied', fault: null },
      { dryRun: true, outcome: 'applied', fault: null },
    ]);
    expect(await desk.replay([theLetter()], { mode: 'dry_run', paused: ['users'] })).toMatchObject([
      { dryRun: true, outcome: 'applied', fault: null },
    ]);
    expect(path.outcomes).toEqual(counted);
    expect(await names()).toEqual(['short']);
    expect(await claims(letters[0]?.eventId ?? null)).toBe(0);
    expect((await desk.replay(letters)).map(({ outcome }) => outcome)).toEqual(['applied', 'applied']);
  });

  it('applies what is to be applied and nothing of what is rehearsed beside it', async () => {
    await path.send(created('1', tooLong), created('2', tooLong), created('3', tooLong));
    await widen();
    const answers = await desk.replay(path.letters, { mode: ['dry_run', 'apply', 'dry_run'] });
    expect(answers.map(({ dryRun, outcome }) => [dryRun, outcome])).toEqual([
      [true, 'applied'],
      [false, 'applied'],
      [true, 'applied'],
    ]);
    const rows = await path.revamp.run('select email_address from revamp_users');
    expect(rows.map((row) => row['email_address'])).toEqual(['2@example.test']);
  });

  it('I3: a replay older than what the row has become changes nothing', async () => {
    await path.send(created('1', 'first'));
    const second = user('1', tooLong, 1);
    const third = user('1', 'third', 2);
    await path.send(updated('1', user('1', 'first'), second));
    await path.legacy.run(insertion('1', third));
    expect(await path.send(updated('1', second, third))).toEqual(['deferred']);
    await settled();
    expect(await names()).toEqual(['third']);
    await widen();
    expect(await desk.replay([theLetter()])).toMatchObject([{ outcome: 'superseded' }]);
    expect(await names()).toEqual(['third']);
  });

  it('I7: a replay of a key that awaits a second look writes nothing and makes the look due', async () => {
    await path.send(created('1', 'first'));
    const second = user('1', tooLong, 1);
    await path.send(updated('1', user('1', 'first'), second));
    await path.revamp.run(
      `insert into rowbridge.second_looks (direction, table_name, row_key, reason, blocked, phase, due_at_ms, attempts, first_seen_ms)
       values ('${path.plan.name}', 'legacy_users', '1', 'requested', false, 'listed', ${Date.now() + 3_600_000}, 0, ${Date.now()})`,
    );
    await widen();
    expect(await desk.replay([theLetter()])).toMatchObject([{ outcome: 'deferred' }]);
    expect(await names()).toEqual(['first']);
    const [look] = await path.revamp.run(
      `select due_at_ms <= ${Date.now()} as due from rowbridge.second_looks where direction = '${path.plan.name}'`,
    );
    expect(Number(look?.['due'])).toBe(1);
  });

  it('lists a second look again that had become a dead letter', async () => {
    const row = user('1', tooLong, 1);
    await path.legacy.run(insertion('1', row));
    await path.send(created('1', 'first'));
    await path.revamp.run("update revamp_users set display_name = 'mine', updated_at = '2020-01-01'");
    await path.send(updated('1', user('1', 'first'), user('1', 'other', 1)));
    await settled();
    expect(path.letters).toMatchObject([{ stage: 'second_look', errorCode: 'value_too_long' }]);
    await widen();
    expect(await desk.replay([theLetter()], { mode: 'dry_run' })).toMatchObject([{ outcome: 'deferred' }]);
    expect(await path.lookReasons()).toEqual([]);
    expect(await desk.replay([theLetter()])).toMatchObject([{ outcome: 'deferred' }]);
    await settled();
    expect(await names()).toEqual([tooLong]);
  });

  it('takes replays older than anything seen for no replaced server', async () => {
    await path.send({ ...created('1', tooLong), place: 5 });
    await path.send({ ...created('2', 'short'), place: 9 });
    await widen();
    await desk.replay([theLetter()]);
    expect(await desk.replay([theLetter()])).toMatchObject([{ outcome: 'duplicate' }]);
    expect(await path.send({ ...created('3', 'third'), place: 10 })).toEqual(['applied']);
  });

  it('takes the key of a record in the one form that first attempts know', async () => {
    await path.send(created('01', tooLong));
    await widen();
    expect(await desk.replay([theLetter()])).toMatchObject([{ outcome: 'applied' }]);
    const keys = await path.revamp.run(
      `select cast(row_key as char) as row_key from rowbridge.row_versions where direction = '${path.plan.name}'`,
    );
    expect(keys).toEqual([{ row_key: '1' }]);
  });

  it('leaves a large column alone that the update of a dead letter left alone', async () => {
    const allow = (length: number): Promise<unknown> =>
      path.revamp.run(`alter table revamp_users modify mobile varchar(${length}) null`);
    await path.send(created('1', 'one'));
    await allow(3);
    const whole: Row = { ...user('1', 'one', 1), phone_number: '12345' };
    const { full_name: _unchanged, ...sent } = whole;
    const { full_name: _unknown, ...before } = user('1', 'one');
    expect(await path.send(updated('1', before, sent))).toEqual(['dead_lettered']);
    await allow(64);
    expect(await desk.replay([theLetter()])).toMatchObject([{ outcome: 'applied' }]);
    expect(await path.revamp.run('select display_name, mobile from revamp_users')).toEqual([
      { display_name: 'one', mobile: '12345' },
    ]);
  });

  it('refuses what is paused or not mapped, and passes by what nobody asked for', async () => {
    await path.send(created('1', tooLong));
    await widen();
    expect(await desk.replay([theLetter()], { paused: ['users'] })).toMatchObject([
      { outcome: null, fault: { code: 'table_paused' } },
    ]);
    const gone = { 'x-rowbridge-replay-topic': 'legacy.public.legacy_gone' };
    expect(await desk.replay([theLetter()], { headers: gone })).toMatchObject([
      { outcome: null, fault: { code: 'table_not_mapped' } },
    ]);
    const unclear = { 'x-rowbridge-replay-mode': 'perhaps' };
    expect(await desk.replay([theLetter()], { headers: unclear })).toMatchObject([
      { outcome: null, fault: { code: 'request_invalid' } },
    ]);
    expect(await desk.replay([theLetter()], { headers: { 'x-rowbridge-replay-request': '' } })).toEqual([]);
    expect(desk.warnings).toHaveLength(1);
    expect(await names()).toEqual([]);
  });

  it('answers for a table whose schema does not fit, and does not let other tables wait behind it', async () => {
    await path.send(created('1', tooLong), created('2', tooLong));
    await path.revamp.run('alter table revamp_users drop column display_name');
    const answers = await desk.replay(path.letters);
    expect(answers.map(({ fault }) => fault?.code)).toEqual(['column_missing', 'column_missing']);
    await path.revamp.run('alter table revamp_users add column display_name varchar(200)');
    expect((await desk.replay(path.letters)).map(({ outcome }) => outcome)).toEqual(['applied', 'applied']);
  });

  it('I3, I6: replayed twice, late, in any order, among later changes, both sides end as in order', async () => {
    for (let seed = 1; seed <= 10; seed += 1) {
      const history = new RandomHistory(path, desk, seed);
      await path.revamp.run('delete from revamp_users');
      await narrow();
      for (let step = 0; step < 24; step += 1) {
        if (step === 16) await widen();
        await history.step();
      }
      await history.replayAll();
      await expectEqual(history, seed);
      // A replay so late that its claim is forgotten, each alone: no later one puts right what it spoils.
      for (const letter of history.letters()) {
        await forgetClaim(letter.eventId);
        await desk.replay([letter]);
        await expectEqual(history, seed);
      }
    }
  });

  const expectEqual = async (history: RandomHistory, seed: number): Promise<void> => {
    await settled();
    expect({ seed, rows: await history.targetRows() }).toEqual({ seed, rows: history.sourceRows() });
  };

  /** Passes over the second looks until none is left. */
  const settled = async (): Promise<void> => {
    await waitFor(
      async () => {
        await path.settle('users');
        return (await path.lookReasons()).length === 0;
      },
      { deadlineMs: 20_000, what: 'the second looks to close' },
    );
  };
});
