import type { ChapterOutcome } from '../scenario/run-scenario.js';
import type { PlayedRun } from './play-once.js';

/** The report for people: verdict first, then what differs or failed, by name and key, never by value. */
export function formatReport({ report, scenario, comparison }: PlayedRun): readonly string[] {
  const lines = [
    `${report.ok ? 'Both sides are equal' : 'NOT OK'}: ${report.seconds.toFixed(1)} s, of which ${report.stack.startSeconds.toFixed(1)} s to start the engines.`,
    ...report.tables.map(
      ({ source, target, sourceRows, targetRows, equal }) =>
        `  ${equal ? 'equal  ' : 'DIFFERS'}  ${source} ${sourceRows} rows  ↔  ${target} ${targetRows} rows`,
    ),
    ...report.directions.map(({ name, consumed, outcomes, lagSeconds }) => {
      const counts = Object.entries(outcomes).map(([outcome, count]) => `${outcome} ${count}`);
      return `  ${name}: ${consumed} records (${counts.join(', ')}), lag p50 ${shown(lagSeconds.p50)}, p99 ${shown(lagSeconds.p99)}`;
    }),
    `  echoes: guard ${report.echoes.guard}, seen ${report.echoes.seen}, applied ${report.echoes.applied}` +
      `; second looks: taken ${report.secondLooks.taken}, open ${report.secondLooks.open}` +
      `; conflicts ${report.conflicts}; dead letters ${report.deadLetters}`,
  ];
  return [...lines, ...formatFaults({ scenario, comparison })];
}

/** What was not as it should be; empty when everything was. */
export function formatFaults({
  scenario,
  comparison,
}: Pick<PlayedRun, 'scenario' | 'comparison'>): readonly string[] {
  const failedChapters = scenario.chapters.flatMap(({ name, failure }) =>
    failure === null ? [] : [`  failed: ${name}: ${failure}`],
  );
  const differences = comparison.tables.flatMap(({ source, target, differences: found, differing }) => [
    ...Object.entries(differing)
      .filter(([, count]) => count > 0)
      .map(([kind, count]) => `  ${source} ↔ ${target}: ${count} rows ${kind.replaceAll('_', ' ')}`),
    ...found.map(({ kind, sourceKey, targetKey, columns }) => {
      const keys = [
        sourceKey === null ? [] : `source key ${sourceKey}`,
        targetKey === null ? [] : `target key ${targetKey}`,
      ].flat();
      const where = columns.length > 0 ? `, columns ${columns.join(', ')}` : '';
      return `    ${kind.replaceAll('_', ' ')}: ${keys.join(', ')}${where}`;
    }),
  ]);
  return [...failedChapters, ...differences];
}

/** One line for a chapter that has ended. */
export function formatChapter({ name, seconds, failure }: ChapterOutcome): string {
  const outcome = failure === null ? 'crossed' : 'FAILED ';
  return `  ${outcome} ${seconds.toFixed(1).padStart(5)} s  ${name}${failure === null ? '' : `: ${failure}`}`;
}

function shown(seconds: number | null): string {
  return seconds === null ? '–' : `${Math.round(seconds * 1_000)} ms`;
}
