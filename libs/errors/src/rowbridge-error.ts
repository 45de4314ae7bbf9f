import type { Disposition, Severity } from './error-entry.js';
import { errorTable, type ErrorCode } from './error-table.js';

/** What may be said outside about an error: names, codes, counts, positions. Never a value of a row, never a secret. */
export type ErrorDetails = Readonly<Record<string, string | number | bigint | boolean | null>>;

export interface RowbridgeErrorOptions {
  /** Where it happened: table, topic, partition, offset, host, database's own code … Shown in the message. */
  readonly details?: ErrorDetails;
  /** Replaces the table's advice where a better one is known, such as the statements to run. */
  readonly whatToDo?: string;
  /** The failure underneath. It may hold row values, so it is neither enumerable nor logged as it is. */
  readonly cause?: unknown;
}

/** Every failure the program knows by name. `message` says what happened, where, and what to do. */
export class RowbridgeError extends Error {
  override readonly name = 'RowbridgeError';
  readonly code: ErrorCode;
  readonly disposition: Disposition;
  readonly severity: Severity;
  readonly details: ErrorDetails;
  readonly whatToDo: string;
  /** What happened, without where and without the advice. */
  readonly problem: string;

  /**
   * @param code a code of the error table
   * @param problem what happened, as a phrase without a full stop; holds no row value and no secret
   */
  constructor(code: ErrorCode, problem: string, options: RowbridgeErrorOptions = {}) {
    const entry = errorTable[code];
    const details = options.details ?? {};
    const whatToDo = options.whatToDo ?? entry.whatToDo;
    super(
      composeMessage({ problem, details, whatToDo }),
      options.cause === undefined ? {} : { cause: options.cause },
    );
    this.code = code;
    this.disposition = entry.disposition;
    this.severity = entry.severity;
    this.details = details;
    this.whatToDo = whatToDo;
    this.problem = problem;
  }
}

function composeMessage(parts: { problem: string; details: ErrorDetails; whatToDo: string }): string {
  const where = Object.entries(parts.details).map(([name, detail]) => `${name}: ${detail}`);
  const problem = parts.problem.replace(/[.\s]+$/, '');
  return `${problem}${where.length > 0 ? ` (${where.join(', ')})` : ''}. ${parts.whatToDo}`;
}
