import { classifyNetworkError } from './classify-network-error.js';
import type { ErrorCode } from './error-table.js';

/** The fields of a PostgreSQL error that say whose fault it is; `pg`'s DatabaseError has them under these names. */
export interface PostgresFailure {
  /** SQLSTATE, or the code of a socket failure. */
  readonly code?: string | undefined;
  readonly constraint?: string | undefined;
  /** The table the server names; for foreign keys the referring one, whichever side was written. */
  readonly table?: string | undefined;
  /** The server function that raised it: not translated, unlike the message. */
  readonly routine?: string | undefined;
  readonly message?: string | undefined;
}

/** What was being done, where the caller knows it: tells the two meanings of a foreign key refusal apart. */
export interface FailedStatement {
  readonly operation?: 'insert' | 'update' | 'delete' | undefined;
  /** Table written, without its schema. */
  readonly table?: string | undefined;
}

/* SQLSTATE codes as in PostgreSQL's appendix "Error Codes"; 23503 and 0A000 are told apart in the code below. */
const bySqlState: Readonly<Record<string, ErrorCode>> = {
  '22001': 'value_too_long',
  '22003': 'out_of_range',
  '22004': 'null_not_allowed',
  '22008': 'out_of_range',
  '22015': 'out_of_range',
  '23001': 'children_remain',
  '23502': 'null_not_allowed',
  '23505': 'unique_value_held',
  '23514': 'check_violation',
  '25006': 'read_only',
  '25P03': 'statement_timeout',
  '25P04': 'statement_timeout',
  '26000': 'connection_lost',
  '3D000': 'database_missing',
  '3F000': 'table_missing',
  '40003': 'connection_lost',
  '40P01': 'deadlock',
  '42501': 'insufficient_privilege',
  '42703': 'column_missing',
  '42P01': 'table_missing',
  '53100': 'disk_full',
  '53300': 'too_many_connections',
  '53400': 'origin_busy',
  '54000': 'value_too_long',
  '55006': 'origin_busy',
  '55P03': 'lock_timeout',
  '57014': 'statement_timeout',
  '57P04': 'database_missing',
  '57P05': 'connection_lost',
};

const bySqlStateClass: Readonly<Record<string, ErrorCode>> = {
  '08': 'connection_lost',
  '22': 'unmappable_value',
  '23': 'other_constraint',
  '28': 'wrong_password',
  '40': 'serialization_failure',
  '42': 'schema_incompatible',
  '44': 'check_violation',
  '53': 'server_out_of_resources',
  '57': 'shutting_down',
  '58': 'server_fault',
  P0: 'refused_by_trigger',
};

/* What the client library itself reports has a text and no code. */
const clientFailure =
  /connection (?:terminated|error|timeout|ended)|error establishing an SSL connection|timeout exceeded|client was closed|pool after calling end|read timeout/i;

/**
 * Whose fault a PostgreSQL error is, as a code of the error table. A pure look-up: it never throws, and answers
 * `unknown_write_failure` for what it does not know.
 */
export function classifyPostgresError(failure: PostgresFailure, statement: FailedStatement = {}): ErrorCode {
  const { code } = failure;
  const network = classifyNetworkError(code);
  if (network) return network;
  if (code === undefined) return classifyClientFailure(failure.message ?? '');
  if (code === '23503') return classifyForeignKey(failure, statement);
  if (code === '0A000' && failure.routine === 'RevalidateCachedQuery') return 'statement_plan_stale';
  return bySqlState[code] ?? bySqlStateClass[code.slice(0, 2)] ?? 'unknown_write_failure';
}

function classifyClientFailure(message: string): ErrorCode {
  if (/server does not support SSL connections/.test(message)) return 'certificate_refused';
  return clientFailure.test(message) ? 'connection_lost' : 'unknown_write_failure';
}

function classifyForeignKey(failure: PostgresFailure, statement: FailedStatement): ErrorCode {
  if (statement.operation === 'insert') return 'missing_parent';
  if (statement.operation === 'delete') return 'children_remain';
  if (statement.table !== undefined && failure.table !== undefined && statement.table !== failure.table) {
    return 'children_remain';
  }
  return /^update or delete on table/.test(failure.message ?? '') ? 'children_remain' : 'missing_parent';
}
