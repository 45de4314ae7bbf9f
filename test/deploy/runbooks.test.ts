import { existsSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { readRepositoryFile, repositoryRoot } from './deploy-folder.js';
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
