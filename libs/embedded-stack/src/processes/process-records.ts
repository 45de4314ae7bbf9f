import { readFileSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { isAlive, signalProcess, type ProcessIdentity } from './process-identity.js';
import { poll } from './poll.js';

/** What is written about each running server, for a later start to find. */
export interface ProcessRecord {
  title: string;
  server: ProcessIdentity;
  guard: ProcessIdentity | undefined;
  stopSignal: 'TERM' | 'INT' | 'QUIT';
}

const cleanStopMs = 25_000;
const killedMs = 5_000;

/**
 * Ends what an earlier launcher left running; its servers are normally ending by themselves, so they are waited for,
 * asked only where their guard is gone, and killed when they take too long.
 * @returns the titles of the servers that still ran
 */
export async function endLeftovers(
  recordFolder: string,
  onWait: (titles: string[]) => void,
): Promise<string[]> {
  const running = readRecords(recordFolder).filter((record) => isAlive(record.server));
  const titles = running.map((record) => record.title);
  if (running.length > 0) {
    onWait(titles);
    for (const record of running) {
      if (record.guard === undefined || !isAlive(record.guard))
        signalProcess(record.server, `SIG${record.stopSignal}`);
    }
    const allGone = (): boolean => running.every((record) => !isAlive(record.server));
    if (!(await poll(allGone, { deadlineMs: cleanStopMs }))) {
      for (const record of running) signalProcess(record.server, 'SIGKILL');
      await poll(allGone, { deadlineMs: killedMs });
    }
  }
  rmSync(recordFolder, { recursive: true, force: true });
  return titles;
}

function readRecords(recordFolder: string): ProcessRecord[] {
  let names: string[];
  try {
    names = readdirSync(recordFolder);
  } catch {
    return [];
  }
  return names.flatMap((name) => {
    try {
      return [JSON.parse(readFileSync(join(recordFolder, name), 'utf8')) as ProcessRecord];
    } catch {
      return [];
    }
  });
}
