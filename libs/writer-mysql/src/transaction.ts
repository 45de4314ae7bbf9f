import { mysqlFailure, runOnMysql, TransactionGuard } from '@rowbridge/database-access';
import type { MysqlConnection, MysqlPool, RunMysql } from '@rowbridge/database-access';
import { RowbridgeError } from '@rowbridge/errors';
import type { TargetTransaction } from '@rowbridge/pipeline';
import { createConflictLog } from './conflict-log.js';
import { createEventLedger } from './event-ledger.js';
import { createIdentityRegister } from './identity-register.js';
import { createKeyRegister } from './key-register.js';
import { createLookList } from './look-list.js';
import { markWrites } from './mark-writes.js';
import { createRowWriter } from './row-writer.js';
import type { WriterSessions } from './session.js';
import type { TransactionContext, TargetContext } from './target-context.js';

export interface TransactionHost {
  readonly pool: MysqlPool;
  readonly context: TargetContext;
  readonly sessions: WriterSessions;
  /** Marks changed rows in the log; null: no mark. */
  readonly logOriginServerId: number | null;
}

/**
 * Runs the work in one transaction. A failed statement ends it, even where the work goes on without noticing. After a
 * failure the connection is closed unless the server has confirmed the rollback, so nothing of it can linger.
 * @throws what the work throws, or RowbridgeError; after a COMMIT whose answer was lost `connection_lost`: the fence
 *   tells at the next attempt whether it took effect
 */
export async function runTransaction<Result>(
  { pool, context, sessions, logOriginServerId }: TransactionHost,
  work: (transaction: TargetTransaction) => Promise<Result>,
): Promise<Result> {
  const connection = await connect(pool);
  const guard = new TransactionGuard();
  const direct = runOnMysql(connection);
  const run: RunMysql = (statement) => guard.statement(() => direct(statement));
  let healthy = false;
  try {
    await sessions.ensure(connection, direct);
    await run({ text: 'start transaction', operation: 'begin' });
    const result = await work(openTransaction({ ...context, run }, logOriginServerId));
    await run({ text: 'commit', operation: 'commit' });
    healthy = true;
    return result;
  } catch (error) {
    guard.end();
    healthy = await rollBack(direct, error);
    throw error;
  } finally {
    guard.end();
    if (healthy) connection.release();
    else connection.destroy();
  }
}

async function connect(pool: MysqlPool): Promise<MysqlConnection> {
  try {
    return await pool.getConnection();
  } catch (error) {
    throw mysqlFailure(error, { operation: 'connect' });
  }
}

/** Whether the server confirmed. A connection that is gone is not asked: a silent one would be waited for. */
async function rollBack(run: RunMysql, failure: unknown): Promise<boolean> {
  if (failure instanceof RowbridgeError && failure.code === 'connection_lost') return false;
  try {
    await run({ text: 'rollback', operation: 'rollback' });
    return true;
  } catch {
    return false;
  }
}

function openTransaction(context: TransactionContext, logOriginServerId: number | null): TargetTransaction {
  const { run } = context;
  const marked = logOriginServerId === null ? run : markWrites(run, logOriginServerId);
  return {
    ledger: createEventLedger(context),
    keys: createKeyRegister(context),
    identities: createIdentityRegister(context),
    rows: createRowWriter({ ...context, run: marked }),
    looks: createLookList(context),
    conflicts: createConflictLog(context),
  };
}
