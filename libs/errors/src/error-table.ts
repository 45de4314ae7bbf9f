import type { ErrorEntry } from './error-entry.js';
import { keyFaults } from './key-faults.js';
import { recordFaults } from './record-faults.js';
import { requestFaults } from './request-faults.js';
import { stoppingFaults } from './stopping-faults.js';
import { syncRunFaults } from './sync-run-faults.js';
import { systemFaults } from './system-faults.js';
import { tableFaults } from './table-faults.js';

const entries = {
  ...systemFaults,
  ...tableFaults,
  ...keyFaults,
  ...recordFaults,
  ...stoppingFaults,
  ...requestFaults,
  ...syncRunFaults,
};

/** Every code an error of ours can carry; also the value of `error_code` labels and of `x-sync-error-code`. */
export type ErrorCode = keyof typeof entries;

/** A row of the error table. */
export interface CodedErrorEntry extends ErrorEntry {
  readonly code: ErrorCode;
}

/** The one table of error codes: what each means, what becomes of the work, and what a person does about it. */
export const errorTable: Readonly<Record<ErrorCode, CodedErrorEntry>> = Object.fromEntries(
  Object.entries(entries).map(([code, entry]) => [code, { code, ...entry }]),
) as Record<ErrorCode, CodedErrorEntry>;

/** Whether a text read from outside (a header, a query) is one of our codes. */
export function isErrorCode(text: string): text is ErrorCode {
  return Object.hasOwn(errorTable, text);
}

/**
 * Exit code of a process that ends because of this error: 2 for what a person must correct in the configuration,
 * 3 for what cannot be reached, 1 for everything else.
 */
export function exitCodeFor(code: ErrorCode): 1 | 2 | 3 {
  const { disposition, exitCode } = errorTable[code];
  if (exitCode !== undefined) return exitCode;
  if (disposition === 'invalid_configuration') return 2;
  return disposition === 'unreachable' || disposition === 'pause_partition' ? 3 : 1;
}

/** HTTP status of the control API's answer where a request meets this error: 503 for what cannot be reached, 500 for the rest. */
export function httpStatusFor(code: ErrorCode): number {
  const { disposition, httpStatus } = errorTable[code];
  return httpStatus ?? (disposition === 'unreachable' || disposition === 'pause_partition' ? 503 : 500);
}
