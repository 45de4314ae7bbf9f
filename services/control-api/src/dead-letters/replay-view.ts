import type { Replay } from '@rowbridge/control-protocol';
import type { StoredReplay } from '@rowbridge/control-store';

/** A replay as the API tells it. */
export function viewReplay({
  allSent: _allSent,
  stopRequested: _stopRequested,
  startedAtMs,
  endedAtMs,
  ...told
}: StoredReplay): Replay {
  return {
    ...told,
    byOutcome: { ...told.byOutcome },
    startedAt: new Date(startedAtMs).toISOString(),
    endedAt: endedAtMs === null ? null : new Date(endedAtMs).toISOString(),
  };
}
