import { binlogPosition } from '@rowbridge/change-event';
import type { SourcePosition } from '@rowbridge/change-event';
import { RowbridgeError } from '@rowbridge/errors';
import { appliedOffsetColumns, appliedOffsetsFrom } from './applied-offsets.js';
import type { MysqlServer } from './facts/mysql-server.js';
import type { RunMysql } from './statements/mysql-statement.js';
import type { AppliedOffsets } from './target-administration.js';

const firstMysqlWithBinaryLogStatus = 804;

/**
 * The end of the binary log: every transaction that committed before the call lies below it.
 * @throws RowbridgeError `preflight_failed` where the server writes no binary log
 */
export async function readMysqlLogEnd(
  run: RunMysql,
  server: MysqlServer,
  epoch: number,
): Promise<SourcePosition> {
  const renamed = server.engine === 'mysql' && server.version >= firstMysqlWithBinaryLogStatus;
  const outcome = await run({
    text: renamed ? 'show binary log status' : 'show master status',
    operation: 'read_log_end',
  });
  const [file, position] = outcome.rows[0] ?? [];
  if (!file || !position) {
    throw new RowbridgeError('preflight_failed', 'the server writes no binary log', {
      whatToDo: 'Set log_bin and binlog_format=ROW, and restart the server.',
    });
  }
  return binlogPosition(epoch, { file: file as string, position: BigInt(position as string) });
}

export async function readMysqlAppliedOffsets(run: RunMysql, direction: string): Promise<AppliedOffsets> {
  const outcome = await run({
    text: `select ${appliedOffsetColumns} from rowbridge.applied_offsets where direction = ?`,
    values: [direction],
    operation: 'read_applied_offsets',
    table: 'rowbridge.applied_offsets',
  });
  return appliedOffsetsFrom(outcome.rows as readonly (readonly (string | null)[])[]);
}
