import type { DirectionStatus } from '@rowbridge/control-protocol';

/** Counts the conflicts that services have settled since a moment, from totals that begin anew with each instance. */
export class ConflictCount {
  readonly #directions: ReadonlySet<string>;
  readonly #startedAtMs: number;
  /** By instance: its total when the count began, and its latest. */
  readonly #totals = new Map<string, { readonly before: number; latest: number }>();

  constructor(directions: readonly string[], startedAtMs: number) {
    this.#directions = new Set(directions);
    this.#startedAtMs = startedAtMs;
  }

  /** Takes the services' latest reports; answers the count so far. */
  take(reports: readonly DirectionStatus[]): number {
    for (const report of reports.filter(({ direction }) => this.#directions.has(direction))) {
      const total = report.tables.reduce((sum, { conflicts }) => sum + conflicts, 0);
      const known = this.#totals.get(report.instance);
      // An instance that started later has settled nothing before.
      const before = report.startedAtMs > this.#startedAtMs ? 0 : total;
      if (known === undefined) this.#totals.set(report.instance, { before, latest: total });
      else known.latest = total;
    }
    return [...this.#totals.values()].reduce(
      (sum, { before, latest }) => sum + Math.max(0, latest - before),
      0,
    );
  }
}
