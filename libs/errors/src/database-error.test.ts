import { fromMysqlError, fromPostgresError } from './database-error.js';
import { RowbridgeError } from './rowbridge-error.js';

const secretValue = 'ada.lovelace@example.org';

describe('a database error as it is shown outside', () => {
  test('keeps no row value of a PostgreSQL error, neither from its message nor from its detail', () => {
    const failure = Object.assign(new Error(`invalid input syntax for type integer: "${secretValue}"`), {
      code: '22P02',
      table: 'legacy_users',
      column: 'id',
      detail: `Failing row contains (1, ${secretValue}).`,
    });
    const error = fromPostgresError(failure, {
      problem: 'writing a row failed',
      details: { table: 'legacy_users' },
    });
    expect(error.code).toBe('unmappable_value');
    expect(`${error.message} ${JSON.stringify(error)}`).not.toContain(secretValue);
    expect(error.message).toContain('writing a row failed (table: legacy_users, SQLSTATE: 22P02');
    expect(error.message).toContain('column: id');
  });

  test("keeps the key but not the value of MySQL's duplicate entry", () => {
    const failure = Object.assign(
      new Error(`Duplicate entry '${secretValue}' for key 'revamp_users.email_address'`),
      {
        errno: 1062,
        code: 'ER_DUP_ENTRY',
        sqlState: '23000',
      },
    );
    const error = fromMysqlError(failure, { problem: 'writing a row failed' });
    expect(error).toMatchObject({
      code: 'unique_value_held',
      disposition: 'defer_key',
      details: { errno: 1062, key: 'revamp_users.email_address' },
    });
    expect(`${error.message} ${JSON.stringify(error)}`).not.toContain(secretValue);
  });

  test('is not led by a value that imitates the end of the message', () => {
    const value = "x' for column 'secret' at row 1";
    const failure = Object.assign(
      new Error(`Incorrect integer value: '${value}' for column 'age' at row 3`),
      {
        errno: 1366,
      },
    );
    const error = fromMysqlError(failure, { problem: 'writing a row failed' });
    expect(error.message).not.toContain('secret');
  });

  test('quotes the server where it names hosts and users only', () => {
    const failure = Object.assign(
      new Error("Access denied for user 'sync'@'localhost' (using password: YES)"),
      {
        errno: 1045,
      },
    );
    const error = fromMysqlError(failure, { problem: 'connecting failed' });
    expect(error.message).toContain("connecting failed: Access denied for user 'sync'@'localhost'");
  });

  test('reads the first of several addresses that did not answer', () => {
    const failure = new AggregateError([
      Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:5432'), { code: 'ECONNREFUSED' }),
    ]);
    expect(fromPostgresError(failure, { problem: 'connecting failed' }).code).toBe('connection_lost');
  });

  test('leaves an error that has a code already as it is', () => {
    const error = new RowbridgeError('out_of_range', 'too large');
    expect(fromPostgresError(error, { problem: 'writing a row failed' })).toBe(error);
    expect(fromMysqlError(error, { problem: 'writing a row failed' })).toBe(error);
  });

  test('survives a failure that is no Error', () => {
    expect(fromPostgresError('broken', { problem: 'writing failed' }).code).toBe('unknown_write_failure');
    expect(fromMysqlError(null, { problem: 'writing failed' }).code).toBe('unknown_write_failure');
  });
});

describe('a Rowbridge error', () => {
  test('says what happened, where, and what to do, and carries the disposition of its code', () => {
    const error = new RowbridgeError('value_too_long', 'a value of title does not fit.', {
      details: { table: 'legacy_posts', offset: 12n },
    });
    expect(error.message).toBe(
      'a value of title does not fit (table: legacy_posts, offset: 12). ' +
        'Widen the target column, or shorten the value in the source; then replay the dead letter.',
    );
    expect(error).toMatchObject({ name: 'RowbridgeError', disposition: 'dead_letter', severity: 'error' });
  });

  test('gives the advice of the caller where there is better than the table has', () => {
    const error = new RowbridgeError('preflight_failed', 'wal_level is replica', {
      whatToDo: 'Set wal_level.',
    });
    expect(error.message).toBe('wal_level is replica. Set wal_level.');
  });
});
