import { RowbridgeError } from '@rowbridge/errors';
import { describeWithEngines, waitFor } from '@rowbridge/testing';
import { takeLooks, type LookContext, type NewLook, type TargetDatabase } from '@rowbridge/pipeline';
import { openRowPath, type RowPath } from './row-path-harness.js';

const createdAt = '2026-01-08T10:00:00.123456Z';
/** Later than MariaDB's timestamps reach. */
const tooLate = '2150-01-01T00:00:00Z';

/** Replicas may meet on each other's locks; a direction takes its looks again then. */
function ignoreDeadlock(error: unknown): void {
  if (!(error instanceof RowbridgeError) || error.code !== 'deadlock') throw error;
}

describeWithEngines('replicas of a direction that look at the same keys', () => {
  let path: RowPath;

  beforeEach(async () => {
    path = await openRowPath();
  });

  afterEach(async () => {
    await path.close();
  });

  /** Users at the source alone, listed in the order of their keys. */
  async function listUsers(updatedAt: Readonly<Record<string, string>>): Promise<void> {
    for (const [key, time] of Object.entries(updatedAt)) {
      await path.legacy
        .run(`insert into legacy_users (id, username, email, full_name, status, created_at, updated_at)
        values (${key}, 'user ${key}', 'user${key}@example.test', 'x', 'active', '${createdAt}', '${time}')`);
    }
    const looks = Object.keys(updatedAt).map((key): NewLook => ({
      key,
      reason: 'requested',
      blocked: false,
      targetDigest: null,
      dueAtMs: Number(key),
    }));
    await path.target.transaction(({ looks: list }) => list.list(path.tableOf('users'), looks));
  }

  const listedKeys = async (): Promise<unknown[]> =>
    (
      await path.revamp.run(
        `select convert(row_key using utf8mb4) as listed from rowbridge.second_looks where direction = '${path.plan.name}' order by 1`,
      )
    ).map((row) => row['listed']);

  it('I5: the fault of one key is never taken for that of an older key another replica has just given back', async () => {
    const table = path.tableOf('users');
    await listUsers({ '1': createdAt, '2': tooLate });
    await takeLooks(table, path.lookContext(), true);

    let giveBack = (): void => undefined;
    const held = new Promise<void>((resolve) => (giveBack = resolve));
    let taken = (): void => undefined;
    const isTaken = new Promise<void>((resolve) => (taken = resolve));
    const otherReplica = path.target.transaction(async ({ looks }) => {
      expect(await looks.takeDue(table, { nowMs: Date.now(), limit: 1 })).toMatchObject([{ key: '1' }]);
      taken();
      await held;
    });
    await isTaken;

    // The batch and the key alone fail; before the third transaction rules, the other replica gives its key back.
    let transactions = 0;
    const target: TargetDatabase = {
      ...path.target,
      transaction: async (work) => {
        transactions += 1;
        if (transactions === 3) {
          giveBack();
          await otherReplica;
        }
        return path.target.transaction(work);
      },
    };
    const context: LookContext = { ...path.lookContext(), target };
    await takeLooks(table, context, true);
    expect(transactions).toBe(3);
    expect(path.letters).toEqual([]);
    expect(await listedKeys()).toEqual(['1', '2']);
  });

  it('I1: two replicas settle each entry once: one row, one dead letter', async () => {
    const table = path.tableOf('users');
    const good = Object.fromEntries(
      Array.from({ length: 12 }, (_unused, index) => [String(index + 3), createdAt]),
    );
    await listUsers({ '1': createdAt, '2': tooLate, ...good });
    const replica = async (): Promise<void> => {
      for (let pass = 0; pass < 60 && (await listedKeys()).length > 0; pass += 1) {
        await takeLooks(table, { ...path.lookContext(), lookBatchSize: 3 }, true).catch(ignoreDeadlock);
      }
    };
    await Promise.all([replica(), replica()]);
    expect(await listedKeys()).toEqual([]);
    expect(
      path.letters.map(({ errorCode, record }) => [errorCode, JSON.parse(String(record.key)).key]),
    ).toEqual([['out_of_range', '2']]);
    const [counted] = await path.revamp.run('select count(*) as number from revamp_users');
    expect(counted).toEqual({ number: 13 });
  });

  it('I7: a change whose key is being looked at waits for the look, and is compared once that has closed', async () => {
    const table = path.tableOf('users');
    const row = {
      username: 'ada',
      email: 'ada@example.test',
      full_name: 'before',
      phone_number: null,
      status: 'active',
      created_at: createdAt,
      updated_at: createdAt,
      sync_source: null,
    };
    expect(await path.send({ entity: 'users', operation: 'create', key: '1', after: row })).toEqual([
      'applied',
    ]);
    const look = { key: '1', reason: 'requested', blocked: false, targetDigest: null, dueAtMs: 1 } as const;
    await path.target.transaction(({ looks }) => looks.list(table, [look]));
    let close = (): void => undefined;
    const mayClose = new Promise<void>((resolve) => (close = resolve));
    let taken = (): void => undefined;
    const isTaken = new Promise<void>((resolve) => (taken = resolve));
    const pass = path.target.transaction(async ({ looks }) => {
      await looks.takeDue(table, { nowMs: Date.now(), limit: 1 });
      taken();
      await mayClose;
      await looks.close(table, ['1']);
    });
    await isTaken;
    const after = { ...row, full_name: 'after' };
    const sent = path.send({ entity: 'users', operation: 'update', key: '1', before: row, after });
    await waitFor(
      async () => {
        const [waiting] = await path.revamp.run(
          "select count(*) as number from information_schema.innodb_trx where trx_state = 'LOCK WAIT'",
        );
        return Number(waiting?.['number']) > 0;
      },
      // The server keeps showing what it showed less than 0.1 s ago.
      { what: 'the batch to wait for the look', deadlineMs: 20_000, intervalMs: 250 },
    );
    close();
    await pass;
    expect(await sent).toEqual(['applied']);
    expect(await listedKeys()).toEqual([]);
    const [written] = await path.revamp.run('select display_name from revamp_users');
    expect(written).toEqual({ display_name: 'after' });
  });
});
