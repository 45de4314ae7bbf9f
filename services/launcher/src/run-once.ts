import { exitCodeOf } from './launch-error.js';
import type { Play } from './report/play-once.js';
import { formatChapter, formatFaults, formatReport } from './report/print-report.js';
import { buildUnfinishedReport, formatUnfinished, type UnfinishedRun } from './report/unfinished-run.js';

export interface OnceOptions {
  readonly system: UnfinishedRun['system'] & { readonly stack: { readonly logDirectory: string } };
  readonly play: Play;
  /** One JSON object instead of lines for people. */
  readonly json: boolean;
  readonly beganAt: number;
  readonly abortSignal: AbortSignal;
  /** Takes the report, line by line. */
  readonly print: (line: string) => void;
  /** Takes everything else. */
  readonly say: (text: string) => void;
}

/**
 * Plays the scenario once and prints one report, of a run that broke off, too.
 * @returns the exit code: 0 equal, 1 not equal or not at rest in time
 * @throws the abort signal's reason
 */
export async function runOnce(options: OnceOptions): Promise<number> {
  const { play, json, print, say } = options;
  try {
    const played = await play({ onStep: say, onChapter: (chapter) => say(formatChapter(chapter)) });
    if (json) for (const line of formatFaults(played)) say(line);
    for (const line of json ? [JSON.stringify(played.report)] : formatReport(played)) print(line);
    return played.report.ok ? 0 : 1;
  } catch (failure) {
    options.abortSignal.throwIfAborted();
    const lines = formatUnfinished(failure, options.system.stack.logDirectory);
    if (json) for (const line of lines) say(line);
    for (const line of json ? [JSON.stringify(buildUnfinishedReport({ ...options, failure }))] : lines)
      print(line);
    return exitCodeOf(failure);
  }
}
