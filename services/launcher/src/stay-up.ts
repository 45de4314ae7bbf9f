import type { LiveTable } from './report/live-table.js';
import type { Play } from './report/play-once.js';
import { formatChapter, formatReport } from './report/print-report.js';
import { formatUnfinished } from './report/unfinished-run.js';

export interface StayUpOptions {
  readonly play: Play;
  readonly table: LiveTable;
  /** Said once the scenario is over: where everything answers. */
  readonly addresses: readonly string[];
  readonly logDirectory: string;
  readonly abortSignal: AbortSignal;
}

/**
 * Plays the scenario beside the live table and stays until the signal aborts. A run that breaks off is said and ends
 * nothing: what is stuck can be repaired only while everything runs.
 * @throws the abort signal's reason
 */
export async function stayUp(options: StayUpOptions): Promise<never> {
  const { table } = options;
  const tell = (text: string): void => table.say(text);
  table.start();
  try {
    tell('Two applications now write on both sides; every change crosses:');
    for (const line of await playToLines(options)) tell(line);
    for (const line of options.addresses) tell(line);
    await table.show();
    return await aborted(options.abortSignal);
  } finally {
    table.stop();
  }
}

async function playToLines({
  play,
  table,
  abortSignal,
  logDirectory,
}: StayUpOptions): Promise<readonly string[]> {
  const tell = (text: string): void => table.say(text);
  try {
    return formatReport(await play({ onStep: tell, onChapter: (chapter) => tell(formatChapter(chapter)) }));
  } catch (failure) {
    abortSignal.throwIfAborted();
    return [...formatUnfinished(failure, logDirectory), '  Everything stays up, so that it can be repaired.'];
  }
}

function aborted(abortSignal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    const end = (): void => reject(abortSignal.reason as Error);
    if (abortSignal.aborted) end();
    else abortSignal.addEventListener('abort', end, { once: true });
  });
}
