import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { errorTable, isErrorCode } from '@rowbridge/errors';
import { debianPackageUnavailableBecause, fetchDebianPackage } from '@rowbridge/embedded-stack';
import { deployFolder, readRepositoryFile, readYaml, repositoryRoot, runCommand } from './deploy-folder.js';
import { allRules } from './metrics-in-use.js';
import { describeUnless } from './skip-where-missing.js';

const fetchLimitMs = 120_000;
const alerts = allRules().filter(({ alert }) => alert !== undefined);

describeUnless(debianPackageUnavailableBecause('prometheus'), 'the Prometheus rules, to promtool', () => {
  let promtool: string;
  let scratch: string;

  beforeAll(async () => {
    promtool = join(await fetchDebianPackage('prometheus'), 'usr/bin/promtool');
  }, fetchLimitMs);

  beforeEach(() => {
    scratch = mkdtempSync(join(tmpdir(), 'rowbridge-rules-'));
    cpSync(join(deployFolder, 'prometheus'), scratch, { recursive: true });
  });

  afterEach(() => rmSync(scratch, { recursive: true, force: true }));

  test('and the configuration are valid', () => {
    const { status, output } = runCommand(promtool, ['check', 'config', join(scratch, 'prometheus.yml')]);
    expect([status, output]).toEqual([0, expect.stringContaining('SUCCESS')]);
  });

  test('fire when they should and not before', () => {
    const { status, output } = runCommand(promtool, ['test', 'rules', join(scratch, 'tests/rules.test.yml')]);
    expect([status, output]).toEqual([0, expect.stringContaining('SUCCESS')]);
  });

  test.each([
    ['a threshold', 'sync_lag_seconds) > 60', 'sync_lag_seconds) > 6000'],
    ['a direction of comparison', 'sync_breaker_open) == 1', 'sync_breaker_open) == 0'],
    ['a duration', 'for: 10m', 'for: 60m'],
  ])('fail their tests when %s is broken', (_title, holds, breaks) => {
    const path = join(scratch, 'rules/alerting.rules.yml');
    const rules = readFileSync(path, 'utf8');
    expect(rules).toContain(holds);
    writeFileSync(path, rules.replaceAll(holds, breaks));
    const { status } = runCommand(promtool, ['test', 'rules', join(scratch, 'tests/rules.test.yml')]);
    expect(status).not.toBe(0);
  });
});

describeUnless(debianPackageUnavailableBecause('prometheus-alertmanager'), 'Alertmanager', () => {
  let amtool: string;
  const configuration = join(deployFolder, 'alertmanager/alertmanager.yml');

  beforeAll(async () => {
    amtool = join(await fetchDebianPackage('prometheus-alertmanager'), 'usr/bin/amtool');
  }, fetchLimitMs);

  test('takes its configuration', () => {
    expect(runCommand(amtool, ['check-config', configuration])).toMatchObject({ status: 0 });
  });

  test.each([
    ['critical', 'pager,channel'],
    ['warning', 'channel'],
  ])('sends %s alerts to %s', (severity, receivers) => {
    const { output } = runCommand(amtool, [
      'config',
      'routes',
      'test',
      `--config.file=${configuration}`,
      `severity=${severity}`,
      'alertname=SyncLagCritical',
    ]);
    expect(output.split('\n')[0]).toBe(receivers);
  });
});

describe('the alerts', () => {
  test('are each named once, of a known severity, tested, and explained by a page that exists', () => {
    const tests = readYaml<{
      tests: { alert_rule_test?: { alertname: string; exp_alerts: object[] }[] }[];
    }>('deploy/prometheus/tests/rules.test.yml').tests;
    const fired = new Set(
      tests.flatMap(({ alert_rule_test: checks = [] }) =>
        checks.filter((check) => check.exp_alerts.length > 0).map(({ alertname }) => alertname),
      ),
    );
    expect(new Set(alerts.map(({ alert }) => alert)).size).toBe(alerts.length);
    for (const { alert, labels, annotations } of alerts) {
      expect([alert, labels?.['severity']]).toEqual([alert, expect.stringMatching(/^(critical|warning)$/)]);
      expect([alert, fired.has(alert ?? '')]).toEqual([alert, true]);
      const page = annotations?.['runbook_url'] ?? '';
      expect([alert, page, existsSync(join(repositoryRoot, page))]).toEqual([alert, page, true]);
      expect(readRepositoryFile(page)).toContain(`\`${alert}\``);
    }
  });

  test('look for codes of system faults that exist', () => {
    const codes = alerts
      .find(({ alert }) => alert === 'SyncTargetFailing')
      ?.expr.match(/error_code=~"([^"]+)"/)?.[1]
      ?.split('|');
    expect(codes?.length).toBeGreaterThan(5);
    for (const code of codes ?? []) {
      expect([code, isErrorCode(code) && errorTable[code].disposition]).toEqual([
        code,
        expect.stringMatching(/^pause_/),
      ]);
    }
  });

  test('are the same in Kubernetes', () => {
    const resource = readYaml<{ spec: { groups: { rules: object[] }[] } }>(
      'deploy/kubernetes/components/monitoring/prometheus-rule.yaml',
    );
    expect(resource.spec.groups.flatMap(({ rules }) => rules)).toHaveLength(allRules().length);
    expect(resource.spec.groups.flatMap(({ rules }) => rules)).toEqual(
      expect.arrayContaining([...allRules()]),
    );
  });
});
