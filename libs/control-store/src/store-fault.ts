import { RowbridgeError, fromMysqlError, fromPostgresError } from '@rowbridge/errors';
import { InvalidCursorError } from './page-cursor.js';
import type { StoreEngine } from './store-engine.js';

/** Which database, and what was under way. */
export interface StoreFailureContext {
  readonly engine: StoreEngine;
  readonly doing: string;
}

/**
 * What a failure of the store's database means. Errors of ours pass; of the database's only codes and names are kept.
 * @returns RowbridgeError `control_store_unavailable` where the database is at fault, another of its codes where the
 *   statement is, and any error that is no database's as it came
 */
export function storeFault({ engine, doing }: StoreFailureContext, error: unknown): unknown {
  if (error instanceof RowbridgeError || error instanceof InvalidCursorError || error instanceof RangeError) {
    return error;
  }
  const problem = `the control store failed while ${doing}`;
  if (engine === 'sqlite') return sqliteFault(problem, error);
  const fault =
    engine === 'postgres' ? fromPostgresError(error, { problem }) : fromMysqlError(error, { problem });
  const isDatabase = fault.disposition === 'pause_partition' || systemCodes.has(fault.code);
  return isDatabase ? unavailable(problem, { engine, fault: fault.code }, error) : fault;
}

const systemCodes: ReadonlySet<string> = new Set([
  'wrong_password',
  'database_missing',
  'insufficient_privilege',
  'table_missing',
]);

/** SQLite's codes for what is wrong with the file or the disk, not with the statement (sqlite.org/rescode.html). */
const fileFault = /^SQLITE_(BUSY|LOCKED|IOERR|CANTOPEN|FULL|READONLY|CORRUPT|NOTADB|PERM|PROTOCOL)/;

function sqliteFault(problem: string, error: unknown): RowbridgeError {
  const { code } = (error ?? {}) as { readonly code?: unknown };
  const known = typeof code === 'string' ? code : 'unknown';
  // A folder that cannot be made and a file that cannot be opened come without one of SQLite's codes.
  const isFile = fileFault.test(known) || /^E[A-Z]+$/.test(known) || /unable to open/i.test(String(error));
  if (isFile) return unavailable(problem, { engine: 'sqlite', fault: known }, error);
  return new RowbridgeError('internal_error', problem, { details: { code: known }, cause: error });
}

function unavailable(
  problem: string,
  details: { readonly engine: string; readonly fault: string },
  cause: unknown,
): RowbridgeError {
  return new RowbridgeError('control_store_unavailable', problem, { details, cause });
}
