import type { RunMysql } from '@rowbridge/database-access';

/** Server id under which MariaDB logs the rows a sync session writes: the letters `rowb`. No server may have it. */
export const defaultLogOriginServerId = 0x72_6f_77_62;

/**
 * Has each change of a row logged under the server id (guard 2, I4), and nothing else: the transaction's GTID keeps the
 * server's own. Debezium 3.5 takes one GTID of a domain for behind another only where both are of one server, so a
 * transaction of another server id would make a connector fail, or read the log from its beginning, at its next start
 * (decision 0018). Needs BINLOG REPLAY.
 */
export function markWrites(run: RunMysql, serverId: number): RunMysql {
  return (statement) =>
    changesRows.test(statement.text)
      ? run({ ...statement, text: `set statement server_id = ${serverId} for ${statement.text.trimStart()}` })
      : run(statement);
}

const changesRows = /^\s*(?:insert|update|delete|replace)\b/i;
