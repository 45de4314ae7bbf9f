export { classifyMysqlError, type MysqlFailure } from './classify-mysql-error.js';
export { classifyNetworkError } from './classify-network-error.js';
export {
  classifyPostgresError,
  type FailedStatement,
  type PostgresFailure,
} from './classify-postgres-error.js';
export { fromMysqlError, fromPostgresError, type DatabaseErrorContext } from './database-error.js';
export type { Disposition, ErrorEntry, Severity } from './error-entry.js';
export {
  errorTable,
  exitCodeFor,
  httpStatusFor,
  isErrorCode,
  type CodedErrorEntry,
  type ErrorCode,
} from './error-table.js';
export { FenceLostError, type LostFence } from './fence-lost-error.js';
export { outliveReaders } from './outlive-readers.js';
export { recordOutcomes, type RecordOutcome } from './record-outcome.js';
export { RowbridgeError, type ErrorDetails, type RowbridgeErrorOptions } from './rowbridge-error.js';
