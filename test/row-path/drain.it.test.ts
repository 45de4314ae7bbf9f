import { setTimeout } from 'node:timers/promises';
import { RowbridgeError } from '@rowbridge/errors';
import { describeWithEngines } from '@rowbridge/testing';
import { openRowPath, type RowPath, type StatedChange } from './row-path-harness.js';

const createdAt = '2026-01-08T10:00:00.123456Z';

function creation(key: string): StatedChange {
  const after = {
    username: `user ${key}`,
    email: `user${key}@example.test`,
    full_name: null,
    phone_number: null,
    status: 'active',
    created_at: createdAt,
    updated_at: createdAt,
    sync_source: null,
  };
  return { entity: 'users', operation: 'create', key, after, place: Number(key) };
}

describeWithEngines('a direction that drains while a record waits in its back-off', () => {
  let path: RowPath;
  let draining: AbortController;
  let waits = 0;

  beforeEach(async () => {
    draining = new AbortController();
    waits = 0;
    const { signal } = draining;
    path = await openRowPath({
      clock: {
        now: () => Date.now(),
        sleep: async () => {
          waits += 1;
          if (waits === 2) draining.abort();
          await setTimeout(1, undefined, { signal }).catch(() => {
            throw new RowbridgeError('shutting_down', 'the service drains');
          });
        },
      },
    });
  });

  afterEach(async () => {
    await path.close();
  });

  it('I1: leaves the record to the next start, neither written nor condemned, and keeps what was settled before it', async () => {
    await path.revamp.run(`create trigger refuse before insert on revamp_users for each row
      if new.user_name = 'user 2' then signal sqlstate 'HY000' set mysql_errno = 1105; end if`);
    const changes = ['1', '2', '3'].map((key) => creation(key));
    await expect(path.send(...changes)).rejects.toMatchObject({ code: 'shutting_down' });
    expect(waits).toBe(2);
    expect(path.letters).toEqual([]);
    expect(await path.revamp.run('select user_name from revamp_users')).toEqual([{ user_name: 'user 1' }]);

    await path.revamp.run('drop trigger refuse');
    const [, ...rest] = changes;
    expect(await path.send(...rest)).toEqual(['applied', 'applied']);
    expect(path.letters).toEqual([]);
  });
});
