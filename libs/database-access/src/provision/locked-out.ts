import { RowbridgeError } from '@rowbridge/errors';

/**
 * How long provisioning waits for a table. While a statement waits for all others to let go of a table, every later
 * one waits behind it, of applications and of capture.
 */
export const defaultLockTimeoutMs = 10_000;

/** `lock_not_available` of PostgreSQL; the lock wait timeout of MySQL and MariaDB. */
const lockedOutCodes: readonly unknown[] = ['55P03', 'ER_LOCK_WAIT_TIMEOUT'];

/** What to raise in place of a driver's error: a wait for a lock that ended is told with what to do about it. */
export function lockedOut(error: unknown, lockTimeoutMs: number): unknown {
  const { code } = (error ?? {}) as { readonly code?: unknown };
  if (!lockedOutCodes.includes(code)) return error;
  return new RowbridgeError(
    'lock_timeout',
    `A table or database has to be changed and was in use for ${lockTimeoutMs / 1_000} s`,
    {
      whatToDo:
        'A transaction is open on it, such as the first snapshot of a connector or one an application left open: ' +
        'look in pg_stat_activity or "show full processlist", wait for its end or end it, and run this again. ' +
        'What was done so far stays and is not done twice.',
      cause: error,
    },
  );
}
