import type { MysqlServer } from '../facts/mysql-server.js';
import type { RunMysql } from '../statements/mysql-statement.js';
import type { CaptureRequirements, PreflightFinding } from './capture-requirements.js';

/** What is set up so that changes never reach the server's own log. */
export interface HiddenChanges {
  /** It takes changes from other servers, as a replica or a node of a Galera cluster, and does not log them. */
  readonly takesUnlogged: boolean;
  /** Databases it logs alone; empty: all but the ignored. */
  readonly loggedDatabases: readonly string[];
  readonly ignoredDatabases: readonly string[];
}

const heartbeatDatabase = 'rowbridge';

/**
 * Changes of captured tables that the log leaves out, which nothing says later. Asks for the right to see a replica's
 * state only where the server would not log what it takes from others.
 */
export async function checkHiddenChanges(
  run: RunMysql,
  server: MysqlServer,
  { tables }: CaptureRequirements,
): Promise<readonly PreflightFinding[]> {
  return judgeHiddenChanges(
    await readHiddenChanges(run, server),
    tables.map(({ schema }) => schema),
  );
}

/** Pure. @param captured databases of captured tables */
export function judgeHiddenChanges(
  { takesUnlogged, loggedDatabases, ignoredDatabases }: HiddenChanges,
  captured: readonly string[],
): PreflightFinding[] {
  const findings: PreflightFinding[] = [];
  if (takesUnlogged) {
    findings.push({
      check: 'log_replica_updates',
      found: 'a server that takes changes from another and does not log them',
      required:
        "log_replica_updates (log_slave_updates on MariaDB) = ON: capture reads this server's log alone",
      howToFix:
        "put log_slave_updates = ON under [mysqld] in the server's settings and restart it, or capture its source",
    });
  }
  const needed = [...new Set([...captured, heartbeatDatabase])];
  const isLogged = (database: string): boolean =>
    loggedDatabases.length === 0 ? !ignoredDatabases.includes(database) : loggedDatabases.includes(database);
  const missing = needed.filter((database) => !isLogged(database));
  if (missing.length === 0) return findings;
  const [check, howToFix] =
    loggedDatabases.length === 0
      ? ['binlog_ignore_db', `take ${missing.map((name) => `binlog_ignore_db = ${name}`).join(', ')} out of`]
      : ['binlog_do_db', `add ${missing.map((name) => `binlog_do_db = ${name}`).join(', ')} to`];
  findings.push({
    check,
    found: `the log leaves out changes in ${missing.join(', ')}`,
    required: `changes in ${needed.join(', ')} are logged`,
    howToFix: `${howToFix} the server's settings and restart it`,
  });
  return findings;
}

const firstMysqlWithBinaryLogStatus = 804;

async function readHiddenChanges(run: RunMysql, server: MysqlServer): Promise<HiddenChanges> {
  const operation = 'read_log_scope';
  const renamed = server.engine === 'mysql' && server.version >= firstMysqlWithBinaryLogStatus;
  const { rows } = await run({
    text: "show global variables where variable_name in ('log_slave_updates', 'log_replica_updates', 'wsrep_on')",
    operation,
  });
  const settings = new Map(rows.map(([name, value]) => [String(name).toLowerCase(), String(value)]));
  const isOn = (name: string): boolean => /^(?:ON|1)$/i.test(settings.get(name) ?? '');
  const logsTaken = isOn('log_replica_updates') || isOn('log_slave_updates');
  const status = await run({ text: renamed ? 'show binary log status' : 'show master status', operation });
  const [, , logged, ignored] = status.rows[0] ?? [];
  const replicaStatus = renamed ? 'show replica status' : allSourcesStatus[server.engine];
  return {
    takesUnlogged:
      !logsTaken && (isOn('wsrep_on') || (await run({ text: replicaStatus, operation })).rows.length > 0),
    loggedDatabases: namesIn(logged),
    ignoredDatabases: namesIn(ignored),
  };
}

/** MariaDB shows a source under a name of its own only where all are asked for. */
const allSourcesStatus: Readonly<Record<MysqlServer['engine'], string>> = {
  mysql: 'show slave status',
  mariadb: 'show all slaves status',
};

function namesIn(list: string | Buffer | null | undefined): readonly string[] {
  return (list ?? '').toString().split(',').filter(Boolean);
}
