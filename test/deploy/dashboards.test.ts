import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createDirectionMetrics } from '@rowbridge/observability';
import { readRepositoryFile, readYaml, repositoryRoot } from './deploy-folder.js';
import { allDashboards, allRules, awaitedMetrics, metricsOf, queriesOf } from './metrics-in-use.js';

const dashboards = allDashboards();

/** What a direction's registry holds, and every series name its histograms bring. */
async function directionMetricNames(): Promise<readonly string[]> {
  const metrics = await createDirectionMetrics('legacy-to-revamp').registry.getMetricsAsJSON();
  return metrics.flatMap(({ name, type }) =>
    // prom-client names the kinds by words in its types and by numbers in older ones.
    String(type) === 'histogram' ? [`${name}_bucket`, `${name}_sum`, `${name}_count`] : [name],
  );
}

/** Names of metrics that the control API declares in its sources. */
function controlApiMetricNames(): readonly string[] {
  const folder = join(repositoryRoot, 'services/control-api/src');
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts') && !path.endsWith('.test.ts'))
    .flatMap((path) =>
      [...readFileSync(join(folder, path), 'utf8').matchAll(/'(sync_[a-z_]+)'/g)].map(
        ([, name]) => name ?? '',
      ),
    );
}

const queries = dashboards.flatMap((dashboard) => queriesOf(dashboard));

test('the metrics a query reads are found without its labels, functions and words', () => {
  expect(
    metricsOf(
      'sum by (direction) (rate(first_total{table=~"$table"}[5m])) / on (group) (second or vector(0))',
    ),
  ).toEqual(['first_total', 'second']);
});

test('every metric of rules and dashboards is exported by a service, recorded, or known to be awaited', async () => {
  const recorded = allRules().flatMap(({ record }) => record ?? []);
  const known = new Set([
    ...(await directionMetricNames()),
    ...controlApiMetricNames(),
    ...recorded,
    ...awaitedMetrics,
    'up',
  ]);
  const used = [...queries, ...allRules().map(({ expr }) => expr)].flatMap((query) => metricsOf(query));
  expect(used.length).toBeGreaterThan(30);
  expect(used.filter((name) => !known.has(name))).toEqual([]);
  expect(awaitedMetrics.filter((name) => !used.includes(name))).toEqual([]);
});

describe('the dashboards', () => {
  test('have names that never change', () => {
    expect(dashboards.map(({ uid }) => uid).sort()).toEqual([
      'rowbridge-consumer-lag',
      'rowbridge-direction',
      'rowbridge-kafka-connect',
      'rowbridge-overview',
    ]);
  });

  test.each(dashboards.map((dashboard) => [dashboard.title, dashboard] as const))(
    '%s: panels of their own number on the provisioned datasource, and variables that are used',
    (_title, dashboard) => {
      const { datasources } = readYaml<{ datasources: { uid: string }[] }>(
        'deploy/grafana/provisioning/datasources/prometheus.yml',
      );
      const numbers = dashboard.panels.map(({ id }) => id);
      expect(new Set(numbers).size).toBe(numbers.length);
      for (const { title, datasource, targets } of dashboard.panels) {
        expect([title, datasource.uid]).toEqual([title, datasources[0]?.uid]);
        expect([title, targets.length > 0]).toEqual([title, true]);
        for (const target of targets) expect(target.datasource.uid).toBe(datasources[0]?.uid);
      }
      const text = JSON.stringify(dashboard.panels);
      expect(dashboard.templating.list.length).toBeGreaterThan(0);
      for (const { name } of dashboard.templating.list) expect(text).toContain(`$${name}`);
      expect(queriesOf(dashboard).join()).not.toContain('$');
    },
  );

  test('show what an operator looks for first on the overview', () => {
    const overview = dashboards.find(({ uid }) => uid === 'rowbridge-overview');
    expect(overview?.panels.map(({ title }) => title)).toEqual(
      expect.arrayContaining([
        'Sync lag by table',
        'Failures of what is tried',
        'Throughput',
        'Latency, source commit to target commit',
        'Instances that answer',
        'Write success',
      ]),
    );
  });

  test('are all in the list Kubernetes deploys', () => {
    const listed = readRepositoryFile('deploy/grafana/kustomization.yaml');
    for (const { uid } of dashboards) expect(listed).toContain(`${uid.replace('rowbridge-', '')}.json`);
  });
});
