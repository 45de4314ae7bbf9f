import { postgresFailure, runOnPostgres, TransactionGuard } from '@rowbridge/database-access';
import type { PostgresConnection, PostgresPool, RunPostgres } from '@rowbridge/database-access';
import { RowbridgeError } from '@rowbridge/errors';
import type { TargetTransaction } from '@rowbridge/pipeline';
import { createConflictLog } from './conflict-log.js';
import { createEventLedger } from './event-ledger.js';
import { createIdentityRegister } from './identity-register.js';
import { createKeyRegister } from './key-register.js';
import { createLookList } from './look-list.js';
import { createRowWriter } from './row-writer.js';
import type { TargetContext } from './target-context.js';

export interface TransactionHost {
  readonly pool: PostgresPool;
  readonly context: TargetContext;
  /** Makes a connection ready for writing; called before each transaction. */
  readonly prepare: (connection: PostgresConnection) => Promise<void>;
}

/**
 * Runs the work in one transaction. A failed statement ends it, even where the work goes on without noticing. After a
 * failure the connection is closed unless the server has confirmed the rollback, so nothing of it can linger.
 * @throws what the work throws, or RowbridgeError; after a COMMIT whose answer was lost `connection_lost`: the fence
 *   tells at the next attempt whether it took effect
 */
export async function runTransaction<Result>(
  { pool, context, prepare }: TransactionHost,
  work: (transaction: TargetTransaction) => Promise<Result>,
): Promise<Result> {
  const connection = await connect(pool);
  // A connection that breaks between two statements reports it as an event; the next statement reports it too.
  const ignoreBreak = (): void => undefined;
  connection.on('error', ignoreBreak);
  const guard = new TransactionGuard();
  const direct = runOnPostgres(connection);
  const run: RunPostgres = (statement) => guard.statement(() => direct(statement));
  let healthy = false;
  try {
    await prepare(connection);
    await run({ text: 'begin isolation level read committed', operation: 'begin' });
    const result = await work(openTransaction({ ...context, run }));
    guard.requireSound();
    const ended = await run({ text: 'commit', operation: 'commit' });
    if (ended.command !== 'COMMIT') {
      throw new RowbridgeError('internal_error', 'the server rolled the transaction back at its commit');
    }
    healthy = true;
    return result;
  } catch (error) {
    guard.end();
    healthy = await rollBack(direct, error);
    throw error;
  } finally {
    guard.end();
    connection.off('error', ignoreBreak);
    connection.release(!healthy);
  }
}

const isLost: ReadonlySet<string> = new Set(['connection_lost', 'statement_plan_stale']);

async function connect(pool: PostgresPool): Promise<PostgresConnection> {
  try {
    return await pool.connect();
  } catch (error) {
    throw postgresFailure(error, { operation: 'connect' });
  }
}

/**
 * Whether the server confirmed and the connection may serve again. One that is gone is not asked: a silent one would be
 * waited for. One whose prepared statements the server has outdated would fail with them until it is replaced.
 */
async function rollBack(run: RunPostgres, failure: unknown): Promise<boolean> {
  if (failure instanceof RowbridgeError && isLost.has(failure.code)) return false;
  try {
    await run({ text: 'rollback', operation: 'rollback' });
    return true;
  } catch {
    return false;
  }
}

function openTransaction(context: TargetContext & { readonly run: RunPostgres }): TargetTransaction {
  return {
    ledger: createEventLedger(context),
    keys: createKeyRegister(context),
    identities: createIdentityRegister(context),
    rows: createRowWriter(context),
    looks: createLookList(context),
    conflicts: createConflictLog(context),
  };
}
