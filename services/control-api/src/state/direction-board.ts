import type { DirectionStatus } from '@rowbridge/control-protocol';

/** A direction is shown as lost when no instance has reported for this long: under 5 s, with the time it takes to be seen. */
export const lostAfterMs = 4_000;
/** Instances that have been silent for so long are forgotten where others report. */
const forgottenAfterMs = 60_000;

/** What is known of one direction. */
export interface DirectionView {
  readonly direction: string;
  readonly state: DirectionStatus['state'] | 'lost' | 'unknown';
  /** Milliseconds since the latest report; null where there never was one. */
  readonly silentForMs: number | null;
  /** Latest report of each instance that has not ended in peace, the freshest first. */
  readonly instances: readonly InstanceView[];
}

export interface InstanceView {
  readonly status: DirectionStatus;
  readonly lost: boolean;
  readonly silentForMs: number;
}

/**
 * Tells how directions do by their reports and by their silence. Silence is measured by our own clock from when a new
 * report was seen, so that clocks which differ do not matter.
 */
export class DirectionBoard {
  private readonly seen = new Map<string, { readonly reportedAtMs: number; readonly seenAtMs: number }>();

  /**
   * @param reports latest reports by `<direction>/<instance>`
   * @param now milliseconds since 1970
   */
  constructor(
    private readonly reports: ReadonlyMap<string, DirectionStatus>,
    private readonly now: () => number = Date.now,
  ) {}

  /** To be called after each report, or often. */
  look(): void {
    const nowMs = this.now();
    for (const [key, { reportedAtMs }] of this.reports) {
      const known = this.seen.get(key);
      if (known?.reportedAtMs === reportedAtMs) continue;
      // The first report read may be an old one that compaction kept.
      const seenAtMs = known ? nowMs : Math.min(nowMs, reportedAtMs);
      this.seen.set(key, { reportedAtMs, seenAtMs });
    }
    for (const key of this.seen.keys()) if (!this.reports.has(key)) this.seen.delete(key);
  }

  view(direction: string): DirectionView {
    this.look();
    const nowMs = this.now();
    const all = [...this.reports]
      .filter(([, status]) => status.direction === direction)
      .map(([key, status]): InstanceView => {
        const silentForMs = nowMs - (this.seen.get(key)?.seenAtMs ?? nowMs);
        return { status, silentForMs, lost: silentForMs > lostAfterMs };
      })
      .sort((left, right) => left.silentForMs - right.silentForMs);
    const [freshest] = all;
    const instances = all.filter(
      (instance) => instance === freshest || instance.silentForMs <= forgottenAfterMs,
    );
    return {
      direction,
      state: freshest === undefined ? 'unknown' : freshest.lost ? 'lost' : worstState(instances),
      silentForMs: freshest?.silentForMs ?? null,
      instances,
    };
  }
}

const statesFromWorst = ['stopped', 'degraded', 'starting', 'draining', 'paused', 'running'] as const;

function worstState(instances: readonly InstanceView[]): DirectionStatus['state'] {
  const reporting = instances.filter(({ lost }) => !lost).map(({ status }) => status.state);
  return statesFromWorst.find((state) => reporting.includes(state)) ?? 'running';
}
