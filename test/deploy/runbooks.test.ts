import { existsSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { errorTable } from '@rowbridge/errors';
import { readRepositoryFile, readYamlDocuments, repositoryRoot } from './deploy-folder.js';
import { allRules } from './metrics-in-use.js';

function pagesOf(folder: string): readonly string[] {
  return readdirSync(join(repositoryRoot, folder))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `${folder}/${name}`);
}

const runbooks = pagesOf('docs/runbooks');
const operations = pagesOf('docs/operations');

test.each(runbooks)('%s tells what it means, where to look, what to do and when it is done', (page) => {
  const headings = [...readRepositoryFile(page).matchAll(/^## (.+)$/gm)].map(([, heading]) => heading);
  expect(headings).toEqual(['What it means', 'Look', 'Repair', 'Done when']);
  expect(readRepositoryFile(page)).toContain('```sh');
});

test('every page explains alerts that exist', () => {
  const alerts = new Set(allRules().flatMap(({ alert }) => alert ?? []));
  for (const page of runbooks) {
    const [line = ''] = /^Alerts: .+$/m.exec(readRepositoryFile(page)) ?? [];
    const named = [...line.matchAll(/`(\w+)`/g)].map(([, alert]) => alert ?? '');
    expect([page, named.length > 0, named.filter((alert) => !alerts.has(alert))]).toEqual([page, true, []]);
  }
});

test.each([...runbooks, ...operations])('%s links to pages that exist', (page) => {
  const links = [...readRepositoryFile(page).matchAll(/\]\((?!https?:)([^)#]+)/g)].map(
    ([, link]) => link ?? '',
  );
  const broken = links.filter((link) => !existsSync(join(repositoryRoot, dirname(page), link)));
  expect(broken).toEqual([]);
});

test('there is a page for backup and restore, upgrade, source failover and disaster, each with commands', () => {
  for (const name of ['backup-and-restore', 'upgrade', 'source-failover', 'disaster-recovery']) {
    expect(readRepositoryFile(`docs/operations/${name}.md`)).toMatch(/```sh|`[a-z]+ [^`]+`/);
  }
});

test('what to do about an error that a page explains names the page', () => {
  const advice = Object.values(errorTable).map(({ code, whatToDo }) => ({ code, whatToDo }));
  const pages = advice.flatMap(({ whatToDo }) => whatToDo.match(/docs\/[\w/-]+\.md/g) ?? []);
  expect(pages.length).toBeGreaterThan(2);
  expect(pages.filter((page) => !existsSync(join(repositoryRoot, page)))).toEqual([]);
  expect(advice.filter(({ whatToDo }) => /runbook says/.test(whatToDo))).toEqual([]);
});

test.each(['postgres', 'mysql'])('what is said of recorded offsets names columns that %s has', (dialect) => {
  const [, columns = ''] =
    /applied_offsets \(\n(.+?)\n\)/s.exec(
      readRepositoryFile(`schemas/rowbridge/${dialect}/002-ledger.sql`),
    ) ?? [];
  const statements =
    readRepositoryFile('docs/runbooks/recorded-offset.md').match(/(?:select|delete) .+?"/g) ?? [];
  const named = statements.flatMap((statement) => [
    ...(/^select (.+) from/.exec(statement)?.[1]?.split(', ') ?? []),
    ...[...statement.matchAll(/(\w+) = '/g)].map(([, column]) => column ?? ''),
  ]);
  expect(new Set(named).size).toBeGreaterThan(4);
  expect(named.filter((column) => !new RegExp(`^  ${column} `, 'm').test(columns))).toEqual([]);
});

test('what KEDA scales is scaled to none only while KEDA is told to leave it, and is given back to it', () => {
  const scaled = readYamlDocuments<{ spec: { scaleTargetRef: { name: string } } }>(
    readRepositoryFile('deploy/kubernetes/components/keda/scaled-objects.yaml'),
  ).map(({ spec }) => spec.scaleTargetRef.name);
  const stopped = [...runbooks, ...operations].flatMap((page) =>
    stopsOf(page).flatMap((stop) => scaled.filter((name) => stop.names.includes(name)).map(stop.of)),
  );
  expect(stopped.length).toBeGreaterThan(3);
  expect(stopped.filter(({ isPaused, isGivenBack }) => !isPaused || !isGivenBack)).toEqual([]);
});

/** Each command of a page that scales deployments to none, and how it deals with a ScaledObject of a name. */
function stopsOf(page: string) {
  const text = readRepositoryFile(page);
  return [...text.matchAll(/kubectl .*scale (.+) --replicas=0/g)].map(({ index, 1: targets = '' }) => ({
    names: targets.split(' ').map((target) => target.replace('deploy/', '')),
    of: (name: string) => ({
      page,
      name,
      isPaused: annotates(text.slice(0, index), name, 'autoscaling.keda.sh/paused-replicas=0'),
      isGivenBack: annotates(text.slice(index), name, 'autoscaling.keda.sh/paused-replicas-'),
    }),
  }));
}

function annotates(text: string, name: string, annotation: string): boolean {
  return text
    .split('\n')
    .some(
      (line) =>
        line.includes('annotate scaledobject ') &&
        line.includes(` ${name} `) &&
        line.includes(` ${annotation}`),
    );
}
