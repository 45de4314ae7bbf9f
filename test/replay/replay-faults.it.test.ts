import { describeWithEngines } from '@rowbridge/testing';
import { openRowPath, type RowPath } from '../row-path/row-path-harness.js';
import { ReplayDesk } from './replay-harness.js';
import { created, tooLong, updated, user } from './user-rows.js';

describeWithEngines('replays that fail on their way, PostgreSQL to MariaDB', () => {
  let path: RowPath;
  let desk: ReplayDesk;
  let waits = 0;

  beforeEach(async () => {
    waits = 0;
    const sleep = async (): Promise<void> => void (waits += 1);
    path = await openRowPath({ clock: { now: () => Date.now(), sleep } });
    desk = new ReplayDesk(path);
  });

  afterEach(() => path.close());

  it('answers once for what was settled before a replay of the same table met a schema that does not fit', async () => {
    const limit = (length: number): Promise<unknown> =>
      path.revamp.run(`alter table revamp_users modify display_name varchar(${length})`);
    await limit(5);
    await path.send(created('1', 'one'), created('2', 'two'));
    await path.send(
      updated('1', user('1', 'one'), user('1', 'longer', 1)),
      updated('2', user('2', 'two'), user('2', tooLong, 1)),
      created('3', 'longer'),
    );
    expect(path.letters).toHaveLength(3);
    await limit(6);
    await path.revamp.run('alter table revamp_users add column required int not null');

    const answers = await desk.replay(path.letters);
    expect(answers.map(({ outcome, fault }) => outcome ?? fault?.code)).toEqual([
      'applied',
      'value_too_long',
      'schema_incompatible',
    ]);
    expect(await path.revamp.run('select display_name from revamp_users order by email_address')).toEqual([
      { display_name: 'longer' },
      { display_name: 'two' },
    ]);
    await path.revamp.run('alter table revamp_users drop column required');
    expect(await desk.replay(path.letters.slice(2))).toMatchObject([{ outcome: 'applied' }]);
  });

  it('rehearses a write that fails in one attempt, and waits between those of one in earnest', async () => {
    await path.revamp.run(`create trigger refuse before insert on revamp_users for each row
      signal sqlstate 'HY000' set mysql_errno = 1105`);
    expect(await path.send(created('1', 'one'))).toEqual(['dead_lettered']);
    const failed = [{ outcome: null, fault: { code: 'unknown_write_failure' } }];
    waits = 0;
    expect(await desk.replay(path.letters, { mode: 'dry_run' })).toMatchObject(failed);
    expect(waits).toBe(0);
    expect(await desk.replay(path.letters)).toMatchObject(failed);
    expect(waits).toBe(2);
  });
});
