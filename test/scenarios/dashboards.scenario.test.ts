import { runScenario } from '@rowbridge/launcher';
import { debianPackageUnavailableBecause } from '@rowbridge/embedded-stack';
import { waitFor } from '@rowbridge/testing';
import { allDashboards, allRules, awaitedMetrics, metricsOf, queriesOf } from '../deploy/metrics-in-use.js';
import { describeUnless } from '../deploy/skip-where-missing.js';
import { startScenarioSystem, type ScenarioSystem } from './scenario-system.js';
import { scrapeWithPrometheus, type ScrapingPrometheus } from './scrape-with-prometheus.js';

describeUnless(
  debianPackageUnavailableBecause('prometheus'),
  'dashboards over a real Prometheus that reads a running system',
  () => {
    let running: ScenarioSystem;
    let prometheus: ScrapingPrometheus;

    beforeAll(async () => {
      running = await startScenarioSystem();
      const { services, controlApi } = running.system;
      prometheus = await scrapeWithPrometheus({
        ...Object.fromEntries(services.map(({ name, url }) => [name, new URL(url).host])),
        'control-api': new URL(controlApi.url).host,
      });
    });

    afterAll(async () => {
      await prometheus?.stop();
      await running?.remove();
    });

    test('every query parses and returns data', async () => {
      await makeEverythingHappen(running, prometheus);
      const queries = allDashboards().flatMap((dashboard) =>
        queriesOf(dashboard).map((query) => ({ dashboard: dashboard.uid, query })),
      );
      const expected = queries.filter(
        ({ query }) => !metricsOf(query).some((metric) => awaitedMetrics.includes(metric)),
      );
      expect(expected.length).toBeGreaterThan(30);
      let empty = expected;
      await waitFor(
        async () => {
          const counts = await Promise.all(empty.map(({ query }) => prometheus.countSeries(query)));
          empty = empty.filter((_query, index) => counts[index] === 0);
          return empty.length === 0;
        },
        { what: 'every query to return data', deadlineMs: 90_000, intervalMs: 1_000 },
      ).catch(() => undefined);
      expect(empty).toEqual([]);
      for (const { query } of queries) await prometheus.countSeries(query);
    });

    test('the log that each source keeps for its connector is told', async () => {
      await waitFor(async () => (await prometheus.countSeries('sync_source_log_retained_bytes')) === 2, {
        what: 'both directions to tell it',
        deadlineMs: 60_000,
        intervalMs: 500,
      });
    });

    test.each([
      [
        'both connectors run, in the words that alerts ask for',
        'connector:sync_connector_running:max == 1',
        2,
      ],
      ['both directions say so themselves', 'sync_connector_state{direction!="",state="running"}', 2],
      ['the first dead letter of its code alerts', 'ALERTS{alertname="SyncDeadLettersGrowing"}', 1],
    ])('%s', async (what, query, series) => {
      await waitFor(async () => (await prometheus.countSeries(query)) === series, {
        what,
        deadlineMs: 60_000,
        intervalMs: 500,
      });
    });

    test('every rule can be evaluated, and what is recorded is there', async () => {
      for (const { expr } of allRules()) await prometheus.countSeries(expr);
      for (const name of ['direction:sync_events:rate5m', 'direction:sync_lag_seconds:max', 'sync_total']) {
        expect([name, await prometheus.countSeries(name)]).toEqual([name, expect.any(Number)]);
        await waitFor(async () => ((await prometheus.countSeries(name)) > 0 ? true : undefined), {
          what: `${name} to be recorded`,
          deadlineMs: 60_000,
          intervalMs: 500,
        });
      }
    });
  },
);

/** Rows that cross, conflicts, a dead letter, and a second look that has to wait for the reverse direction. */
async function makeEverythingHappen(
  { system }: ScenarioSystem,
  prometheus: ScrapingPrometheus,
): Promise<void> {
  const { databases, services } = system;
  await runScenario({
    legacyUrl: databases.legacy.applicationUrl,
    revampUrl: databases.revamp.applicationUrl,
    deadlineMs: 240_000,
  });
  await databases.legacyPool.query(
    `insert into legacy_users (username, email, status) values ('unknown word', 'unknown-word@example.test', 'of no table')`,
  );
  const [, reverse] = services;
  const waiting = 'waiting@example.test';
  await databases.legacyPool.query('insert into legacy_users (username, email) values ($1, $1)', [waiting]);
  await waitFor(async () => (await metricsText(services[0]?.url)).includes('sync_dead_letters_total{'), {
    what: 'the dead letter to be counted',
    deadlineMs: 60_000,
  });
  await waitFor(
    async () =>
      JSON.stringify(
        await databases.revampPool.query('select email_address from revamp_users where email_address = ?', [
          waiting,
        ]),
      ).includes(`"email_address":"${waiting}"`),
    { what: 'the row to cross', deadlineMs: 60_000 },
  );
  reverse?.kill('SIGSTOP');
  try {
    // Both applications write the row: in doubt, and to be settled only when the reverse direction goes on.
    await databases.revampPool.query(
      "update revamp_users set display_name = 'revamp', updated_at = current_timestamp(6) where email_address = ?",
      [waiting],
    );
    await databases.legacyPool.query(
      "update legacy_users set full_name = 'legacy', updated_at = clock_timestamp() where email = $1",
      [waiting],
    );
    await waitFor(async () => (await prometheus.countSeries('sync_second_looks')) > 0, {
      what: 'Prometheus to see a second look that waits',
      deadlineMs: 60_000,
      intervalMs: 500,
    });
  } finally {
    reverse?.kill('SIGCONT');
  }
}

async function metricsText(url: string | undefined): Promise<string> {
  return (await fetch(`${url}/metrics`)).text();
}
