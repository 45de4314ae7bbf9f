import type { PairComparison } from '@rowbridge/consistency';
import { countedSince, type CountedSeries } from '../system/counter-history.js';
import { countOpenLooks } from '../system/durable-progress.js';
import { histogramQuantile } from '../system/histogram-quantile.js';
import type { RunningSystem } from '../system/start-system.js';
import type { ScenarioOutcome } from '../scenario/run-scenario.js';
import { countEchoes, type EchoReport } from './count-echoes.js';
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
  const counted = new Map(
    system.directions.map(({ name }) => [
      name,
      countedSince(before.counters.get(name) ?? new Map(), after.counters.get(name) ?? new Map()),
    ]),
  );
  const directions = system.directions.map(({ name, tables }): DirectionReport => {
    const series = counted.get(name) ?? [];
    return {
      name,
      consumed: consumedBetween(
        before,
        after,
        tables.map((table) => table.topic),
      ),
      outcomes: sumByOutcome(series, 'sync_events_total'),
      lagSeconds: {
        p50: rounded(histogramQuantile(series, 'sync_latency_seconds', 0.5)),
        p99: rounded(histogramQuantile(series, 'sync_latency_seconds', 0.99)),
      },
    };
  });
  const echoes = countEchoes(
    system.directions.map(({ source }, index) => ({
      applicationChanges: scenario.rowChanges[source.name as 'legacy' | 'revamp'],
      consumed: directions[index]?.consumed ?? 0,
      outcomes: directions[index]?.outcomes ?? {},
    })),
    system.guards,
  );
  const deadLetters = Number(after.deadLetters - before.deadLetters);
  const conflicts = [...after.quiescence.progress.conflicts].filter(
    (id) => !before.quiescence.progress.conflicts.has(id),
  ).length;
  const openLooks = countOpenLooks(after.quiescence.progress);
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
      taken: countTakenLooks([...counted.values()].flat()),
      open: openLooks,
    },
    conflicts,
    deadLetters,
  };
}

function consumedBetween(before: SystemMoment, after: SystemMoment, topics: readonly string[]): number {
  const sum = ({ quiescence }: SystemMoment): bigint =>
    [...quiescence.progress.applied]
      .filter(([partition]) => topics.includes(partition.slice(0, partition.lastIndexOf('/'))))
      .reduce((total, [, next]) => total + next, 0n);
  return Number(sum(after) - sum(before));
}

function sumByOutcome(counted: readonly CountedSeries[], metric: string): Record<string, number> {
  const outcomes: Record<string, number> = {};
  for (const { name, labels, total } of counted) {
    const { outcome } = labels;
    if (name !== metric || outcome === undefined || total === 0) continue;
    outcomes[outcome] = (outcomes[outcome] ?? 0) + total;
  }
  return outcomes;
}

/** How the second looks of a key can end. */
const lookEnds = ['settled_equal', 'conflict_open', 'dead_lettered'];

/** Keys that were listed for a second look and are settled: the steps in between are not counted. */
function countTakenLooks(counted: readonly CountedSeries[]): number {
  const outcomes = sumByOutcome(counted, 'sync_second_looks_settled_total');
  return lookEnds.reduce((sum, end) => sum + (outcomes[end] ?? 0), 0);
}

function rounded(value: number | null): number | null {
  return value === null ? null : Math.round(value * 1_000) / 1_000;
}
