import { judgeHiddenChanges, type HiddenChanges } from './mysql-hidden-changes.js';

const nothingHidden: HiddenChanges = { takesUnlogged: false, loggedDatabases: [], ignoredDatabases: [] };

describe('judging what a MySQL or MariaDB server leaves out of its log', () => {
  it.each<[string, Partial<HiddenChanges>]>([
    ['all is logged', {}],
    ['all that is captured is logged', { loggedDatabases: ['other', 'shop', 'rowbridge'] }],
    ['others are left out', { ignoredDatabases: ['other', 'shopping'] }],
    // The servers heed one list: where some are named to be logged, those are all.
    ['both lists are there', { loggedDatabases: ['shop', 'rowbridge'], ignoredDatabases: ['shop'] }],
  ])('finds nothing where %s', (_where, change) => {
    expect(judgeHiddenChanges({ ...nothingHidden, ...change }, ['shop', 'shop'])).toEqual([]);
  });

  it.each<[string, Partial<HiddenChanges>, string]>([
    ['log_replica_updates', { takesUnlogged: true }, 'log_slave_updates = ON'],
    ['binlog_do_db', { loggedDatabases: ['other', 'rowbridge'] }, 'add binlog_do_db = shop to'],
    ['binlog_do_db', { loggedDatabases: ['shop'] }, 'add binlog_do_db = rowbridge to'],
    ['binlog_ignore_db', { ignoredDatabases: ['shop'] }, 'take binlog_ignore_db = shop out of'],
  ])('I1: refuses %s and says what to set', (check, change, remedy) => {
    const findings = judgeHiddenChanges({ ...nothingHidden, ...change }, ['shop']);
    expect(findings.map((finding) => finding.check)).toEqual([check]);
    expect(findings[0]?.howToFix).toContain(remedy);
  });
});
