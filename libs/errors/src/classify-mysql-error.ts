import { classifyNetworkError } from './classify-network-error.js';
import type { ErrorCode } from './error-table.js';
import { codeByErrorNumber } from './mysql-error-numbers.js';

/** The fields of a MySQL or MariaDB error that say whose fault it is; `mysql2`'s errors have them under these names. */
export interface MysqlFailure {
  /** Error number of the server. Node.js gives socket failures a negative one. */
  readonly errno?: number | undefined;
  readonly sqlState?: string | undefined;
  /** Symbolic name (ER_DUP_ENTRY), or the code of a socket failure, or of the client library. */
  readonly code?: string | undefined;
  readonly message?: string | undefined;
}

const byClientCode: Readonly<Record<string, ErrorCode>> = {
  PROTOCOL_CONNECTION_LOST: 'connection_lost',
  PROTOCOL_SEQUENCE_TIMEOUT: 'connection_lost',
  PROTOCOL_ENQUEUE_AFTER_FATAL_ERROR: 'connection_lost',
  PROTOCOL_ENQUEUE_AFTER_QUIT: 'connection_lost',
  PROTOCOL_PACKETS_OUT_OF_ORDER: 'connection_lost',
  PROTOCOL_INCORRECT_PACKET_SEQUENCE: 'connection_lost',
  POOL_CLOSED: 'connection_lost',
  POOL_NOACQUIRE: 'too_many_connections',
};

const bySqlStateClass: Readonly<Record<string, ErrorCode>> = {
  '08': 'connection_lost',
  '22': 'unmappable_value',
  '23': 'other_constraint',
  '28': 'wrong_password',
  '40': 'serialization_failure',
  '42': 'schema_incompatible',
  '45': 'refused_by_trigger',
};

const clientFailure =
  /connection is in closed state|pool is closed|connection lost|connect ETIMEDOUT|server closed/i;

/** The driver gives every failure of a TLS handshake one code, also where the connection was lost during it. */
const brokenHandshake = /socket disconnected|socket hang up|\b(?:ECONNRESET|EPIPE|ETIMEDOUT)\b/;

/** InnoDB passes the operating system's "no space left on device" on as number 28 within 1030 and 1026. */
const noSpaceLeft = /\berr(?:or|no):? 28\b/i;

/**
 * Whose fault a MySQL or MariaDB error is, as a code of the error table. A pure look-up: it never throws, and answers
 * `unknown_write_failure` for what it does not know.
 */
export function classifyMysqlError(failure: MysqlFailure): ErrorCode {
  const { errno, sqlState, code, message = '' } = failure;
  if (code === 'HANDSHAKE_SSL_ERROR') {
    return brokenHandshake.test(message) ? 'connection_lost' : 'certificate_refused';
  }
  const beforeServer = classifyNetworkError(code) ?? (code === undefined ? undefined : byClientCode[code]);
  if (beforeServer) return beforeServer;
  if ((errno === 1030 || errno === 1026) && noSpaceLeft.test(message)) return 'disk_full';
  const byNumber = errno === undefined ? undefined : codeByErrorNumber.get(errno);
  if (byNumber) return byNumber;
  if (sqlState !== undefined) return bySqlStateClass[sqlState.slice(0, 2)] ?? 'unknown_write_failure';
  return clientFailure.test(message) ? 'connection_lost' : 'unknown_write_failure';
}
