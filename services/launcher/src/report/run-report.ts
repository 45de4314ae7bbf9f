import type { PairComparison } from '@rowbridge/consistency';
import { countedSince, type CountedSeries } from '../system/counter-history.js';
import { histogramQuantile } from '../system/histogram-quantile.js';
import type { RunningSystem } from '../system/start-system.js';
import type { ScenarioOutcome } from '../scenario/run-scenario.js';
import type { SystemMoment } from './system-moment.js';

/** What `--once --json` prints: nothing may be added to or left out of it without saying so in the manual. */
export interface RunReport {
  readonly ok: boolean;
  readonly system: string;
  /** From the launcher's start to the end of the comparison. */
  readonly seconds: number;
  readonly stack: { readonly startSeconds: number };
  readonly tables: readonly {
    readonly name: string;
    readonly source: string;
    readonly target: string;
    readonly sourceRows: number;
    readonly targetRows: number;
    readonly equal: boolean;
  }[];
  readonly directions: readonly DirectionReport[];
  readonly echoes: EchoReport;
  readonly secondLooks: { readonly taken: number; readonly open: number };
  /** Edits that lost, each listed in `conflicts` of one side or both. */
  readonly conflicts: number;
  readonly deadLetters: number;
}

export interface DirectionReport {
  readonly name: string;
  /** Records of the table topics that the direction's database says it has passed. */
  readonly consumed: number;
  readonly outcomes: Readonly<Record<string, number>>;
  /** Source commit to target commit; null when nothing was applied. */
  readonly lagSeconds: { readonly p50: number | null; readonly p99: number | null };
}

export interface EchoReport {
  /** The guard of each side, or the one both have. */
  readonly guard: string;
  /** Records in the table topics beyond the row changes the applications made: sync writes that came back. */
  readonly seen: number;
  /** Of those, records that no guard recognised as an echo or as a repetition, and so had an effect. */
  readonly applied: number;
}

export interface RunReportParts {
  readonly system: RunningSystem;
  readonly before: SystemMoment;
  readonly after: SystemMoment;
  readonly scenario: ScenarioOutcome;
  readonly comparison: PairComparison;
  readonly seconds: number;
}

/** Sums up what happened between two moments at which nothing was under way. */
export function buildRunReport(parts: RunReportParts): RunReport {
  const { system, before, after, scenario, comparison } = parts;
  const directions = system.directions.map((direction): DirectionReport => {
    const counted = countedSince(
      before.counters.get(direction.name) ?? new Map(),
      after.counters.get(direction.name) ?? new Map(),
    );
    return {
      name: direction.name,
      consumed: consumedBetween(
        before,
        after,
        direction.tables.map((table) => table.topic),
      ),
      outcomes: countOutcomes(counted),
      lagSeconds: {
        p50: rounded(histogramQuantile(counted, 'sync_latency_seconds', 0.5)),
        p99: rounded(histogramQuantile(counted, 'sync_latency_seconds', 0.99)),
      },
    };
  });
  const made = system.directions.map(
    (direction) => scenario.rowChanges[direction.source.name as 'legacy' | 'revamp'],
  );
  const echoes = reportEchoes(directions, made, system.guards);
  const deadLetters = Number(after.deadLetters - before.deadLetters);
  const conflicts = [...after.quiescence.progress.conflicts].filter(
    (id) => !before.quiescence.progress.conflicts.has(id),
  ).length;
  const { openLooks } = after.quiescence.progress;
  return {
    ok: scenario.ok && comparison.equal && echoes.applied === 0 && openLooks === 0 && deadLetters === 0,
    system: system.system,
    seconds: rounded(parts.seconds) ?? 0,
    stack: { startSeconds: rounded(system.stack.startSeconds) ?? 0 },
    tables: comparison.tables.map(({ name, source, target, sourceRows, targetRows, equal }) => ({
      name,
      source,
      target,
      sourceRows,
      targetRows,
      equal,
    })),
    directions,
    echoes,
    secondLooks: {
      taken: directions.reduce((sum, { outcomes }) => sum + (outcomes['deferred'] ?? 0), 0),
      open: openLooks,
    },
    conflicts,
    deadLetters,
  };
}

/**
 * Counts echoes without asking the guards: what is in a topic beyond what its site's applications did came from a sync
 * write (or was sent twice by the connector). What of it the direction did not set aside has leaked through.
 */
function reportEchoes(
  directions: readonly DirectionReport[],
  applicationChanges: readonly number[],
  guards: RunningSystem['guards'],
): EchoReport {
  let [seen, applied] = [0, 0];
  directions.forEach(({ consumed, outcomes }, index) => {
    const beyond = Math.max(0, consumed - (applicationChanges[index] ?? 0));
    const setAside = (outcomes['echo'] ?? 0) + (outcomes['duplicate'] ?? 0);
    seen += beyond;
    applied += Math.max(0, beyond - setAside);
  });
  const { legacy, revamp } = guards;
  return { guard: legacy === revamp ? legacy : `legacy ${legacy}, revamp ${revamp}`, seen, applied };
}

function consumedBetween(before: SystemMoment, after: SystemMoment, topics: readonly string[]): number {
  const sum = ({ quiescence }: SystemMoment): bigint =>
    [...quiescence.progress.applied]
      .filter(([partition]) => topics.includes(partition.slice(0, partition.lastIndexOf('/'))))
      .reduce((total, [, next]) => total + next, 0n);
  return Number(sum(after) - sum(before));
}

function countOutcomes(counted: readonly CountedSeries[]): Record<string, number> {
  const outcomes: Record<string, number> = {};
  for (const { name, labels, total } of counted) {
    const { outcome } = labels;
    if (name !== 'sync_events_total' || outcome === undefined || total === 0) continue;
    outcomes[outcome] = (outcomes[outcome] ?? 0) + total;
  }
  return outcomes;
}

function rounded(value: number | null): number | null {
  return value === null ? null : Math.round(value * 1_000) / 1_000;
}
