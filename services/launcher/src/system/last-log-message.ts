import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

const tailBytes = 16_384;
/** Severity from which a line tells why a process ended (pino's `error`). */
const errorLevel = 50;

/** What a service last said of an error, or else its last line; empty when it said nothing. Its logs hold no row values. */
export function lastLogMessage(logFile: string): string {
  const lines = readTail(logFile)
    .split('\n')
    .filter((line) => line.trim() !== '');
  const lastError = lines.map(readLine).findLast((line) => line.level >= errorLevel);
  const uncaught = lines.findLast((line) => /^\w*Error\b.*: /.test(line));
  const last = lines.at(-1);
  return lastError?.message ?? uncaught ?? (last === undefined ? '' : readLine(last).message);
}

function readTail(path: string): string {
  let file: number;
  try {
    file = openSync(path, 'r');
  } catch {
    return '';
  }
  try {
    const { size } = fstatSync(file);
    const tail = Buffer.alloc(Math.min(size, tailBytes));
    const bytesRead = readSync(file, tail, 0, tail.length, size - tail.length);
    return tail.toString('utf8', 0, bytesRead);
  } finally {
    closeSync(file);
  }
}

function readLine(line: string): { level: number; message: string } {
  try {
    const { level, msg } = JSON.parse(line) as { level?: unknown; msg?: unknown };
    const isError =
      level === 'error' || level === 'fatal' || (typeof level === 'number' && level >= errorLevel);
    return { level: isError ? errorLevel : 0, message: typeof msg === 'string' ? msg : line };
  } catch {
    return { level: 0, message: line };
  }
}
