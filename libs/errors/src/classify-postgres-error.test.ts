import {
  classifyPostgresError,
  type FailedStatement,
  type PostgresFailure,
} from './classify-postgres-error.js';
import { errorTable, type ErrorCode } from './error-table.js';

const byCode: readonly (readonly [string, ErrorCode])[] = [
  ['08006', 'connection_lost'],
  ['ECONNREFUSED', 'connection_lost'],
  ['ECONNRESET', 'connection_lost'],
  ['ETIMEDOUT', 'connection_lost'],
  ['DEPTH_ZERO_SELF_SIGNED_CERT', 'certificate_refused'],
  ['ERR_SSL_WRONG_VERSION_NUMBER', 'certificate_refused'],
  ['40P01', 'deadlock'],
  ['40001', 'serialization_failure'],
  ['55P03', 'lock_timeout'],
  ['57014', 'statement_timeout'],
  ['57P01', 'shutting_down'],
  ['57P03', 'shutting_down'],
  ['53100', 'disk_full'],
  ['53200', 'server_out_of_resources'],
  ['53300', 'too_many_connections'],
  ['25006', 'read_only'],
  ['55006', 'origin_busy'],
  ['53400', 'origin_busy'],
  ['58030', 'server_fault'],
  ['28P01', 'wrong_password'],
  ['28000', 'wrong_password'],
  ['3D000', 'database_missing'],
  ['42P01', 'table_missing'],
  ['42703', 'column_missing'],
  ['42501', 'insufficient_privilege'],
  ['42804', 'schema_incompatible'],
  ['22001', 'value_too_long'],
  ['22003', 'out_of_range'],
  ['22008', 'out_of_range'],
  ['22P02', 'unmappable_value'],
  ['22007', 'unmappable_value'],
  ['22021', 'unmappable_value'],
  ['23502', 'null_not_allowed'],
  ['23505', 'unique_value_held'],
  ['23514', 'check_violation'],
  ['23P01', 'other_constraint'],
  ['23001', 'children_remain'],
  ['P0001', 'refused_by_trigger'],
  ['XX000', 'unknown_write_failure'],
  ['21000', 'unknown_write_failure'],
];

describe('whose fault a PostgreSQL error is', () => {
  test.each(byCode)('%s is %s', (code, expected) => {
    expect(classifyPostgresError({ code })).toBe(expected);
  });

  test('SQLSTATE classes 08, 40, 53 and 57 never reach the dead letter queue, whatever their detail', () => {
    for (const stateClass of ['08', '40', '53', '57']) {
      expect(errorTable[classifyPostgresError({ code: `${stateClass}Z99` })].disposition).toBe(
        'pause_partition',
      );
    }
  });

  test('an unknown code of classes 22 and 23 is the fault of the record, of class 42 that of the table', () => {
    expect(errorTable[classifyPostgresError({ code: '22Z99' })].disposition).toBe('dead_letter');
    expect(errorTable[classifyPostgresError({ code: '23Z99' })].disposition).toBe('dead_letter');
    expect(errorTable[classifyPostgresError({ code: '42Z99' })].disposition).toBe('pause_table');
  });

  const foreignKeys: readonly {
    title: string;
    failure: PostgresFailure;
    statement: FailedStatement;
    code: ErrorCode;
  }[] = [
    {
      title: 'an insert',
      failure: { code: '23503', table: 'legacy_posts' },
      statement: { operation: 'insert' },
      code: 'missing_parent',
    },
    {
      title: 'a delete',
      failure: { code: '23503', table: 'legacy_posts' },
      statement: { operation: 'delete' },
      code: 'children_remain',
    },
    {
      title: 'an update of the child',
      failure: { code: '23503', table: 'legacy_posts' },
      statement: { operation: 'update', table: 'legacy_posts' },
      code: 'missing_parent',
    },
    {
      title: 'an update of the parent',
      failure: { code: '23503', table: 'legacy_posts' },
      statement: { operation: 'update', table: 'legacy_users' },
      code: 'children_remain',
    },
    {
      title: 'a statement known by its message alone',
      failure: {
        code: '23503',
        message:
          'update or delete on table "users" violates foreign key constraint "author" on table "posts"',
      },
      statement: {},
      code: 'children_remain',
    },
    {
      title: 'a statement of which nothing is known',
      failure: { code: '23503' },
      statement: {},
      code: 'missing_parent',
    },
  ];

  test.each(foreignKeys)('a foreign key refusing $title means $code', ({ failure, statement, code }) => {
    expect(classifyPostgresError(failure, statement)).toBe(code);
  });

  test('a prepared statement whose table was altered is prepared again, other unsupported features are not', () => {
    expect(classifyPostgresError({ code: '0A000', routine: 'RevalidateCachedQuery' })).toBe(
      'statement_plan_stale',
    );
    expect(classifyPostgresError({ code: '0A000' })).toBe('unknown_write_failure');
  });

  test.each([
    'Connection terminated unexpectedly',
    'timeout exceeded when trying to connect',
    'Query read timeout',
  ])('the client library\'s own "%s" is a lost connection', (message) => {
    expect(classifyPostgresError({ message })).toBe('connection_lost');
  });
});
