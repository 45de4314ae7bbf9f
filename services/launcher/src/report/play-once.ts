import {
  comparePair,
  createMysqlSideReader,
  createPostgresSideReader,
  type PairComparison,
} from '@rowbridge/consistency';
import { runScenario, type ChapterOutcome, type ScenarioOutcome } from '../scenario/run-scenario.js';
import type { RunningSystem } from '../system/start-system.js';
import { buildRunReport, type RunReport } from './run-report.js';
import { noteQuietMoment } from './system-moment.js';

export interface PlayOptions {
  /** How long one change may take to cross, and how long everything may take to come to rest. Default 60,000. */
  readonly deadlineMs?: number;
  /** When the run began, by `performance.now()`. Default now. */
  readonly beganAt?: number;
  readonly abortSignal?: AbortSignal | undefined;
  readonly onChapter?: (chapter: ChapterOutcome) => void;
  /** Told what is awaited now. */
  readonly onStep?: (step: string) => void;
}

/** Plays the scenario on a system that runs. */
export type Play = (told: Pick<PlayOptions, 'onChapter' | 'onStep'>) => Promise<PlayedRun>;

/** The report with what stands behind it. */
export interface PlayedRun {
  readonly report: RunReport;
  readonly scenario: ScenarioOutcome;
  readonly comparison: PairComparison;
}

/**
 * Plays the scenario on a running system, waits until nothing is under way, and compares both databases value by value.
 * @throws ExpectationError when the system does not come to rest in time
 */
export async function playOnce(system: RunningSystem, options: PlayOptions = {}): Promise<PlayedRun> {
  const {
    deadlineMs = 60_000,
    beganAt = performance.now(),
    abortSignal,
    onChapter,
    onStep = () => undefined,
  } = options;
  onStep('waiting until everything of earlier runs has crossed');
  const before = await noteQuietMoment(system, { deadlineMs, abortSignal });
  onStep('two applications are at work');
  const scenario = await runScenario({
    legacyUrl: system.databases.legacy.applicationUrl,
    revampUrl: system.databases.revamp.applicationUrl,
    deadlineMs,
    abortSignal,
    ...(onChapter && { onChapter }),
  });
  onStep('waiting until everything has crossed');
  const after = await noteQuietMoment(system, { deadlineMs, abortSignal });
  onStep('comparing both databases value by value');
  const comparison = await compareSystem(system);
  const seconds = (performance.now() - beganAt) / 1_000;
  return {
    report: buildRunReport({ system, before, after, scenario, comparison, seconds }),
    scenario,
    comparison,
  };
}

/** Compares every row of both sides. The system should be at rest. */
export async function compareSystem({ databases, directions }: RunningSystem): Promise<PairComparison> {
  const direction = directions.find(({ source }) => source.name === 'legacy');
  if (!direction) throw new Error('no direction leaves legacy');
  return comparePair({
    direction,
    readers: {
      source: createPostgresSideReader(databases.legacyPool),
      target: createMysqlSideReader(databases.revampPool),
    },
  });
}
