import { readdirSync, readFileSync } from 'node:fs';

/** What a process of the system is told by, in its command line; the first that fits names it. */
const programs = [
  ['Kafka Connect with Debezium', 'org.apache.kafka.connect.cli.ConnectDistributed'],
  ['Kafka', 'kafka.Kafka'],
  ['PostgreSQL', 'postgres'],
  ['MariaDB', 'mariadbd'],
  ['legacy-to-revamp', 'legacy-to-revamp'],
  ['revamp-to-legacy', 'revamp-to-legacy'],
  ['control API', 'control-api'],
  ['schema registry', 'java'],
] as const;

/** Linux counts processor time in hundredths of a second. */
const ticksPerSecond = 100;

/**
 * Processor time of this process and all below it, in seconds by program since it was created. It tells what a figure in
 * seconds is made of: the sum over all programs, divided by the processors, bounds what the machine can reach.
 */
export class ProcessorTime {
  private readonly begun = readTimes();

  /** Seconds by program, two decimals; programs that took less than a tenth of a second are left out. */
  spent(): Readonly<Record<string, number>> {
    return Object.fromEntries(
      [...readTimes()]
        .map(([name, seconds]) => [name, seconds - (this.begun.get(name) ?? 0)] as const)
        .filter(([, seconds]) => seconds >= 0.1)
        .map(([name, seconds]) => [name, Math.round(seconds * 100) / 100]),
    );
  }
}

function readTimes(): Map<string, number> {
  const parents = new Map<number, number>();
  const ticks = new Map<number, number>();
  for (const entry of readdirSync('/proc')) {
    const fields = /^\d+$/.test(entry) ? readStatus(entry) : null;
    if (fields === null) continue;
    parents.set(Number(entry), Number(fields[1]));
    ticks.set(Number(entry), Number(fields[11]) + Number(fields[12]));
  }
  const seconds = new Map<string, number>();
  for (const [processId, spent] of ticks) {
    if (!isBelow(processId, parents)) continue;
    const name = programOf(processId);
    seconds.set(name, (seconds.get(name) ?? 0) + spent / ticksPerSecond);
  }
  return seconds;
}

/** The fields after the program's name, which may hold blanks; null for a process that is gone. */
function readStatus(processId: string): readonly string[] | null {
  try {
    const text = readFileSync(`/proc/${processId}/stat`, 'utf8');
    return text.slice(text.lastIndexOf(')') + 2).split(' ');
  } catch {
    return null;
  }
}

function isBelow(processId: number, parents: ReadonlyMap<number, number>): boolean {
  for (let current: number | undefined = processId; current !== undefined; current = parents.get(current)) {
    if (current === process.pid) return true;
  }
  return false;
}

function programOf(processId: number): string {
  if (processId === process.pid) return 'bench';
  try {
    const command = readFileSync(`/proc/${processId}/cmdline`, 'utf8');
    return programs.find(([, mark]) => command.includes(mark))?.[0] ?? 'other';
  } catch {
    return 'other';
  }
}
