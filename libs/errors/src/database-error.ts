import { classifyMysqlError, type MysqlFailure } from './classify-mysql-error.js';
import {
  classifyPostgresError,
  type FailedStatement,
  type PostgresFailure,
} from './classify-postgres-error.js';
import type { ErrorCode } from './error-table.js';
import { RowbridgeError, type ErrorDetails } from './rowbridge-error.js';

/** Where and during what a database error was met. Nothing in it may hold a row value. */
export interface DatabaseErrorContext extends FailedStatement {
  /** What was being done, as a phrase such as `writing legacy_users failed`. */
  readonly problem: string;
  readonly details?: ErrorDetails;
}

/**
 * A PostgreSQL error as a RowbridgeError that may be logged and stored: of the server's answer only SQLSTATE and
 * the names of table, column and constraint are kept wherever its text could quote a value (`detail` always does).
 * A RowbridgeError is answered unchanged.
 */
export function fromPostgresError(failure: unknown, context: DatabaseErrorContext): RowbridgeError {
  if (failure instanceof RowbridgeError) return failure;
  const fields = fieldsOf<PostgresFailure & { column?: string | undefined }>(failure);
  const code = classifyPostgresError(fields, context);
  const server = {
    SQLSTATE: fields.code,
    ...(fields.table === undefined ? {} : { 'refused by table': fields.table }),
    column: fields.column,
    constraint: fields.constraint,
  };
  return translate({ failure, code, server, message: fields.message }, context);
}

/**
 * A MySQL or MariaDB error as a RowbridgeError that may be logged and stored: of the server's answer only its numbers
 * and the names of key and column are kept wherever its text could quote a value (`Duplicate entry '…'`).
 * A RowbridgeError is answered unchanged.
 */
export function fromMysqlError(failure: unknown, context: DatabaseErrorContext): RowbridgeError {
  if (failure instanceof RowbridgeError) return failure;
  const fields = fieldsOf<MysqlFailure>(failure);
  const code = classifyMysqlError(fields);
  const server = {
    error: fields.code,
    errno: fields.errno,
    SQLSTATE: fields.sqlState,
    ...namesIn(fields.message),
  };
  return translate({ failure, code, server, message: fields.message }, context);
}

interface Translation {
  readonly failure: unknown;
  readonly code: ErrorCode;
  readonly server: Readonly<Record<string, string | number | undefined>>;
  readonly message: string | undefined;
}

function translate(
  { failure, code, server, message }: Translation,
  context: DatabaseErrorContext,
): RowbridgeError {
  const known = Object.entries(server).filter(
    (entry): entry is [string, string | number] => entry[1] !== undefined,
  );
  const quotable = message !== undefined && quotableCodes.has(code);
  return new RowbridgeError(code, quotable ? `${context.problem}: ${message}` : context.problem, {
    details: { ...context.details, ...Object.fromEntries(known) },
    cause: failure,
  });
}

/** Faults whose server text names hosts, users and limits only; all others may quote a statement or a row. */
const quotableCodes: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'connection_lost',
  'certificate_refused',
  'shutting_down',
  'too_many_connections',
  'wrong_password',
  'insufficient_privilege',
  'database_missing',
  'table_missing',
  'column_missing',
  'read_only',
  'disk_full',
  'origin_busy',
]);

function fieldsOf<Fields extends object>(failure: unknown): Fields {
  const candidate = firstOfAggregate(failure);
  return (
    typeof candidate === 'object' && candidate !== null ? candidate : { message: String(candidate) }
  ) as Fields;
}

/** Node.js reports a host with several addresses, none of which answered, as an AggregateError without a message. */
function firstOfAggregate(failure: unknown): unknown {
  return failure instanceof AggregateError && failure.errors.length > 0
    ? (failure.errors[0] as unknown)
    : failure;
}

/* Names, never values. Anchored where the server itself writes, so that no quoted value can pass for a name. */
const namePatterns: readonly (readonly [string, RegExp])[] = [
  ['key', /for key '([^']+)'$/],
  ['column', /for column '([^']+)' at row \d+$/],
  ['column', /^Column '([^']+)' cannot be null$/],
  ['constraint', /^Cannot (?:add|delete) or update a (?:child|parent) row: [^']*?CONSTRAINT `([^`]+)`/],
  ['constraint', /^CONSTRAINT `([^`]+)` failed/],
  ['constraint', /^Check constraint '([^']+)' is violated/],
];

function namesIn(message = ''): Record<string, string> {
  return Object.fromEntries(
    namePatterns.flatMap(([kind, pattern]) => {
      const name = pattern.exec(message)?.[1];
      return name === undefined ? [] : [[kind, name] as const];
    }),
  );
}
