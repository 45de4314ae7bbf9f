import type { DirectionDetails } from './run-direction.js';
import type { RunPhase } from './run-view.js';

/** What a run needs, besides its notifications, to be taken up again by another process. */
export interface RunDetails {
  readonly runId: string;
  readonly phase: RunPhase;
  readonly directions: readonly DirectionDetails[];
}

/** Where the details of a system's current or last run are kept. */
export function detailsKey(system: string): string {
  return `sync-run/${system}`;
}
