import { messageOf } from '../launch-error.js';
import { ExpectationError } from '../scenario/wait-until.js';
import type { RunningSystem } from '../system/start-system.js';

/** What `--once --json` prints when the run broke off, most often because the system did not come to rest in time. */
export interface UnfinishedReport {
  readonly ok: false;
  readonly system: string;
  /** From the launcher's start to the break. */
  readonly seconds: number;
  readonly stack: { readonly startSeconds: number };
  /** What was waited for, what was still under way, for how long; no row values. */
  readonly reason: string;
}

export interface UnfinishedRun {
  readonly system: Pick<RunningSystem, 'system'> & { readonly stack: { readonly startSeconds: number } };
  readonly failure: unknown;
  /** When the run began, by `performance.now()`. */
  readonly beganAt: number;
}

/** Sums up a run that broke off. */
export function buildUnfinishedReport({ system, failure, beganAt }: UnfinishedRun): UnfinishedReport {
  return {
    ok: false,
    system: system.system,
    seconds: rounded((performance.now() - beganAt) / 1_000),
    stack: { startSeconds: rounded(system.stack.startSeconds) },
    reason: messageOf(failure),
  };
}

/** The same for people: what was expected in vain, and where to look. */
export function formatUnfinished(failure: unknown, logDirectory: string): readonly string[] {
  const restHints = [
    '  A second look that stays waits for a parent or for a unique value another row holds: rowbridge.second_looks on',
    '  either side names key and reason. npx rowbridge status shows what is stopped. An application that still writes',
    '  keeps the system from coming to rest, too.',
  ];
  return [
    `NOT OK: ${messageOf(failure)}`,
    ...(failure instanceof ExpectationError ? restHints : []),
    `  Logs: ${logDirectory}`,
  ];
}

function rounded(value: number): number {
  return Math.round(value * 1_000) / 1_000;
}
