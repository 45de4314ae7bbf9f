import { classifyMysqlError, type MysqlFailure } from './classify-mysql-error.js';
import { errorTable, type ErrorCode } from './error-table.js';
import { codeByErrorNumber } from './mysql-error-numbers.js';

const byNumber: readonly (readonly [number, ErrorCode])[] = [
  [1213, 'deadlock'],
  [1205, 'lock_timeout'],
  [1020, 'serialization_failure'],
  [1053, 'shutting_down'],
  [1021, 'disk_full'],
  [1114, 'disk_full'],
  [3675, 'disk_full'],
  [1290, 'read_only'],
  [1836, 'read_only'],
  [1040, 'too_many_connections'],
  [1317, 'statement_timeout'],
  [1045, 'wrong_password'],
  [1142, 'insufficient_privilege'],
  [1049, 'database_missing'],
  [1146, 'table_missing'],
  [1054, 'column_missing'],
  [1364, 'schema_incompatible'],
  [1451, 'children_remain'],
  [1452, 'missing_parent'],
  [1062, 'unique_value_held'],
  [1048, 'null_not_allowed'],
  [1264, 'out_of_range'],
  [1406, 'value_too_long'],
  [1366, 'unmappable_value'],
  [1292, 'unmappable_value'],
  [3819, 'check_violation'],
  [4025, 'check_violation'],
  [1644, 'refused_by_trigger'],
];

const byName: readonly (readonly [string, ErrorCode])[] = [
  ['ECONNREFUSED', 'connection_lost'],
  ['ECONNRESET', 'connection_lost'],
  ['ETIMEDOUT', 'connection_lost'],
  ['PROTOCOL_CONNECTION_LOST', 'connection_lost'],
  ['ERR_TLS_CERT_ALTNAME_INVALID', 'certificate_refused'],
];

const byState: readonly (readonly [string, ErrorCode])[] = [
  ['08S01', 'connection_lost'],
  ['40001', 'serialization_failure'],
  ['22007', 'unmappable_value'],
  ['23000', 'other_constraint'],
  ['42000', 'schema_incompatible'],
  ['45000', 'refused_by_trigger'],
  ['HY000', 'unknown_write_failure'],
];

describe('whose fault a MySQL or MariaDB error is', () => {
  test('a TLS handshake that failed is the certificate, unless the connection was lost during it', () => {
    const code = 'HANDSHAKE_SSL_ERROR';
    expect(classifyMysqlError({ code, message: 'self-signed certificate in certificate chain' })).toBe(
      'certificate_refused',
    );
    const lost = 'Client network socket disconnected before secure TLS connection was established';
    expect(classifyMysqlError({ code, message: lost })).toBe('connection_lost');
  });

  test.each(byNumber)('error %i is %s, whatever its SQLSTATE', (errno, expected) => {
    expect(classifyMysqlError({ errno, sqlState: 'HY000' })).toBe(expected);
  });

  test.each(byName)('the failure %s of the connection is %s', (code, expected) => {
    expect(classifyMysqlError({ errno: -111, code })).toBe(expected);
  });

  test.each(byState)('an unknown number with SQLSTATE %s is %s', (sqlState, expected) => {
    expect(classifyMysqlError({ errno: 65_000, sqlState })).toBe(expected);
  });

  const storageEngine: readonly (readonly [string, MysqlFailure, ErrorCode])[] = [
    [
      'no space left',
      { errno: 1030, message: 'Got error 28 "No space left on device" from storage engine' },
      'disk_full',
    ],
    [
      'a file that cannot grow',
      { errno: 1026, message: "Error writing file './a.ibd' (errno: 28 - No space)" },
      'disk_full',
    ],
    ['anything else', { errno: 1030, message: 'Got error 168 from storage engine' }, 'server_fault'],
  ];

  test.each(storageEngine)('a storage engine reporting %s is told apart', (...[, failure, expected]) => {
    expect(classifyMysqlError(failure)).toBe(expected);
  });

  test('a closed connection that the client reports by text alone is a lost connection', () => {
    const message = "Can't add new command when connection is in closed state";
    expect(classifyMysqlError({ message })).toBe('connection_lost');
  });

  test('every number of the table has a code of the error table', () => {
    for (const code of codeByErrorNumber.values()) expect(errorTable[code]).toBeDefined();
  });
});
