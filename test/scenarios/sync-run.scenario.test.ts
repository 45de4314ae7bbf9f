import type { SyncPlan, SyncRun, SyncSchedule } from '@rowbridge/control-protocol';
import { compareSystem, noteQuietMoment, type RunningSystem } from '@rowbridge/launcher';
import { waitFor } from '@rowbridge/testing';
import { PairTables } from '../sync-runs/pair-tables.js';
import { SyncClient, type ShownProblem } from '../sync-runs/sync-client.js';
import { startScenarioSystem, type ScenarioSystem } from './scenario-system.js';

/** The long mode is the same with ten million: ROWBRIDGE_SYNC_ROWS=10000000. */
const rows = Number(process.env['ROWBRIDGE_SYNC_ROWS'] ?? 30_000);
const chunkRows = Math.max(500, Math.ceil(rows / 100));
/** More rows than this are laid down on both sides at once instead of crossing first: the run links them. */
const mostCrossedBefore = 100_000;
const minuteMs = 60_000;
const longMs = Math.max(9 * minuteMs, rows / 2);
jest.setTimeout(longMs + minuteMs);

const forward = 'legacy-to-revamp';
const topic = 'legacy.public.legacy_users';
const emailsOf = (series: string, numbers: readonly number[]): readonly string[] =>
  numbers.map((number) => `${series}${number}@example.test`);

describe('sync runs', () => {
  let running: ScenarioSystem;
  let system: RunningSystem;
  let client: SyncClient;
  let tables: PairTables;

  beforeAll(async () => {
    running = await startScenarioSystem();
    ({ system } = running);
    client = new SyncClient(system);
    tables = new PairTables(system);
    await tables.fill('small', 50);
    await tables.haveCrossed(2 * minuteMs);
  });

  afterAll(() => running?.remove());

  const expectEqual = async (deadlineMs: number): Promise<void> => {
    await noteQuietMoment(system, { deadlineMs });
    const comparison = await compareSystem(system);
    expect(comparison.tables.flatMap(({ differences }) => differences)).toEqual([]);
  };

  it('say in a dry run what they would read, and read nothing', async () => {
    const { status, body } = await client.ask<{ run: null; plan: SyncPlan }>(
      'POST',
      '/trigger?dryRun=true',
      {},
    );
    expect([status, body.run]).toEqual([200, null]);
    expect(
      body.plan.signals.map(({ connector, key, data, tables: planned }) => [
        connector,
        key,
        data.dataCollections.length,
        planned[0],
      ]),
    ).toEqual([
      ['legacy', 'legacy', 3, { table: 'users', estimatedRows: 50 }],
      ['revamp', 'revamp', 3, { table: 'users', estimatedRows: 50 }],
    ]);
    expect(await client.latest()).toBeNull();
  });

  it('read the rows of a key filter alone on both engines, whatever characters it holds', async () => {
    const awkward = `o'brien?\\$1";--@example.test`;
    await tables.register(awkward);
    await tables.haveCrossed(minuteMs);
    for (const [direction, column] of [
      [forward, 'email'],
      ['revamp-to-legacy', 'email_address'],
    ]) {
      const id = await client.begin({
        directions: [direction],
        tables: ['users'],
        filter: [{ column, in: [awkward, "nobody' or ''='"] }],
      });
      const run = await client.end(id, 2 * minuteMs);
      expect(run).toMatchObject({ state: 'completed', rowsRead: 1, percent: 100, error: null });
    }
    const refused = await client.ask<ShownProblem>('POST', '/trigger', {
      directions: [forward],
      tables: ['users'],
      filter: [{ column: 'id; drop table legacy_users', in: ['1'] }],
    });
    expect([refused.status, refused.body.errors?.[0]?.pointer]).toEqual([400, '/filter/0/column']);
  });

  it('I5: with a reset, have deletes made up for that never arrived, once that is confirmed', async () => {
    const lost = emailsOf('small', [11, 12]);
    await tables.loseLegacyDeletes(lost);
    const request = { directions: [forward], reset: true };
    const unconfirmed = await client.ask<ShownProblem>('POST', '/trigger', request);
    expect([unconfirmed.status, unconfirmed.body.errors?.[0]?.pointer]).toEqual([400, '/confirm']);
    const run = await client.end(await client.begin({ ...request, confirm: 'reset' }), 3 * minuteMs);
    expect(run).toMatchObject({ state: 'completed' });
    expect(run.directions[0]?.tables[0]).toMatchObject({ table: 'users', rowsCompared: 51, looksListed: 2 });
    await expectEqual(2 * minuteMs);
    expect(await tables.present(lost)).toEqual({ legacy: [], revamp: [] });
  });

  it('I3 I6: read a large table while both applications write, go on where they were when the control API or Connect is killed, and leave both sides equal', async () => {
    const removed = emailsOf('large', [3, Math.floor(rows / 2), rows - 1]);
    const renamed = emailsOf('large', [4, Math.floor(rows / 2) + 1, rows]);
    if (rows > mostCrossedBefore) await tables.fillUnseen('large', rows);
    else {
      await tables.fill('large', rows);
      await tables.haveCrossed(longMs);
    }
    await tables.spoilRevamp({ removed, renamed });
    const recordsBefore = await recordsOf(system);
    const id = await client.begin({ directions: [forward], tables: ['users'], chunkSize: chunkRows });
    let edits = 0;
    let rowsAtKill: number | null = null;
    let rowsAtApiKill: number | null = null;
    const run = await client.end(id, longMs, async (seen) => {
      edits += 1;
      // Rows read already, rows under way and rows yet to come.
      const numbers = [1, 2, 3].map(
        (part) => 10 + ((edits * 37 + Math.floor((part * rows) / 4)) % (rows - 20)),
      );
      await tables.editLegacy(emailsOf('large', numbers), `legacy edit ${edits}`);
      await tables.editRevamp(
        emailsOf(
          'large',
          numbers.map((number) => number + 1),
        ),
        `revamp edit ${edits}`,
      );
      if (rowsAtApiKill === null && seen.rowsRead > 0) {
        rowsAtApiKill = seen.rowsRead;
        await client.killApi();
        expect(await client.latest()).toMatchObject({ id, actor: seen.actor });
        return;
      }
      if (rowsAtKill !== null || seen.rowsRead < rows / 2) return;
      rowsAtKill = seen.rowsRead;
      const second = await client.ask<ShownProblem>('POST', '/trigger', {});
      expect([second.status, second.body.context?.runId]).toEqual([409, id]);
      system.stack.kill('connect');
    });
    expect(run).toMatchObject({ state: 'completed', error: null, percent: 100 });
    expect(rowsAtApiKill).toBeLessThan(rows);
    expect(rowsAtKill).not.toBeNull();
    expect(run.rowsRead).toBeGreaterThanOrEqual(rows);
    await expectEqual(longMs);
    expect((await tables.present(removed)).revamp).toEqual([...removed].sort());
    // Read anew from the beginning, half of the table would have come twice.
    const records = Number((await recordsOf(system)) - recordsBefore);
    expect(records).toBeGreaterThan(rows * 0.9);
    expect(records).toBeLessThan(rows * 1.4 + edits * 20);
  });

  it('stop when told to, confirmed by the connector, and tell it in a stream that can be taken up again', async () => {
    const first = client.stream((events) => events.some(({ run }) => run.rowsRead > 0));
    const id = await client.begin({ directions: [forward], tables: ['users'] });
    const events = await first;
    expect((await client.ask('POST', '/stop')).status).toBe(202);
    const run = await client.end(id, 3 * minuteMs);
    expect(run).toMatchObject({ state: 'stopped', phase: null, error: null });
    expect(run.rowsRead).toBeLessThan(rows);
    expect((await client.ask<ShownProblem>('POST', '/stop')).status).toBe(409);
    const lastId = events.at(-1)?.id;
    const rest = await client.stream((later) => later.some((event) => event.run.state === 'stopped'), lastId);
    const numbers = [...events, ...rest].map((event) => Number(event.id.split('-')[1]));
    expect(numbers.slice(1)).toEqual(numbers.slice(0, -1).map((number) => number + 1));
    await expectEqual(longMs);
  });

  it('are begun by the schedule, which restarts a failed connector first', async () => {
    const { legacyPool } = system.databases;
    await legacyPool.query('alter publication rowbridge_legacy rename to rowbridge_elsewhere');
    try {
      await system.connect.restart('legacy', { includeTasks: true });
      await waitFor(async () => (await system.connect.status('legacy'))?.tasks[0]?.state === 'FAILED', {
        deadlineMs: 2 * minuteMs,
        what: 'the connector to fail',
      });
    } finally {
      await legacyPool.query('alter publication rowbridge_elsewhere rename to rowbridge_legacy');
    }
    const switched = await client.ask<SyncSchedule>('PUT', '/schedule', {
      enabled: true,
      cron: '* * * * * *',
    });
    expect(switched.body).toMatchObject({ enabled: true });
    const begun = await waitFor(
      async () => {
        const run = await client.latest();
        return run?.trigger === 'schedule' ? run : undefined;
      },
      { deadlineMs: minuteMs, what: 'a scheduled run' },
    );
    await client.ask('PUT', '/schedule', { enabled: false });
    const run = await client.end(begun.id, longMs);
    expect(run).toMatchObject({ state: 'completed', actor: 'scheduler' });
    const history = await client.ask<{ items: readonly SyncRun[] }>(
      'GET',
      '/history?trigger=schedule&limit=500',
    );
    expect(history.body.items.map(({ id }) => id)).toContain(run.id);
  });
});

async function recordsOf({ kafka }: RunningSystem): Promise<bigint> {
  return (await kafka.admin.topicOffsets(topic)).reduce((sum, { high }) => sum + high, 0n);
}
