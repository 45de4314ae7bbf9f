/**
 * What happens to the work at hand when an error is met.
 *
 * - `pause_partition`: the system is at fault. Wait and try again for ever (1 s, doubled up to 30 s); health degrades.
 * - `pause_table`: one table of the target no longer fits. Its changes wait, other tables go on.
 * - `defer_key`: the row cannot be written yet. Its key is listed for a second look.
 * - `dead_letter`: the record is at fault, and would be at every attempt. It goes to the dead letter queue.
 * - `dead_letter_after_attempts`: perhaps the record, perhaps not: tried as often as configured, then the same.
 * - `stop`: going on could lose or spoil data. The direction ends and says why.
 * - `invalid_configuration`: refused before anything starts.
 * - `unreachable`: something needed before the start is missing or does not answer.
 * - `fail_run`: a sync run ends as failed; rows keep crossing.
 * - `refuse_request`: the control API refuses a request; nothing was changed.
 */
export type Disposition =
  | 'pause_partition'
  | 'pause_table'
  | 'defer_key'
  | 'dead_letter'
  | 'dead_letter_after_attempts'
  | 'stop'
  | 'invalid_configuration'
  | 'unreachable'
  | 'fail_run'
  | 'refuse_request';

/** Drives the alert: `info` none, `warning` a ticket, `error` the day's work, `critical` someone is called. */
export type Severity = 'info' | 'warning' | 'error' | 'critical';

/** One row of the error table, without its code. */
export interface ErrorEntry {
  readonly disposition: Disposition;
  readonly severity: Severity;
  /** What it means, as one sentence for an operator. */
  readonly description: string;
  /** What a person does about it, as a sentence in the imperative. */
  readonly whatToDo: string;
  /** Exit code of a process that this error ends, where it differs from the disposition's own. */
  readonly exitCode?: 1 | 2 | 3;
  /** What the control API answers with, where it differs from the disposition's own. */
  readonly httpStatus?: number;
}
