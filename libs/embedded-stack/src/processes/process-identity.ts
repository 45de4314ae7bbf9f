import { readFileSync } from 'node:fs';

/** A process as told apart from a later one with the same number. */
export interface ProcessIdentity {
  processId: number;
  /** Boot of the machine and start of the process in clock ticks since that boot (Linux /proc). */
  startMark: string;
}

/** @returns undefined when no such process runs; a zombie counts as not running. */
export function identifyProcess(processId: number): ProcessIdentity | undefined {
  let stat: string;
  try {
    stat = readFileSync(`/proc/${processId}/stat`, 'utf8');
  } catch {
    return undefined;
  }
  // The second field is the program's name in parentheses and may hold spaces, so fields are counted after it.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [state] = fields;
  const startTicks = fields[19];
  if (state === undefined || startTicks === undefined || state === 'Z' || state === 'X') return undefined;
  return { processId, startMark: `${bootMark()}/${startTicks}` };
}

/** True while exactly this process runs, not merely one with its number. */
export function isAlive(identity: ProcessIdentity): boolean {
  return identifyProcess(identity.processId)?.startMark === identity.startMark;
}

/** Sends a signal unless the process is gone or its number belongs to another one. */
export function signalProcess(identity: ProcessIdentity, signal: NodeJS.Signals): void {
  if (!isAlive(identity)) return;
  try {
    process.kill(identity.processId, signal);
  } catch (failure) {
    if ((failure as NodeJS.ErrnoException).code !== 'ESRCH') throw failure;
  }
}

function bootMark(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  } catch {
    return 'unknown-boot';
  }
}
