import { readFileSync } from 'node:fs';

const tailLines = 8;

/** Where the log is and its last lines, for a server that never came up. */
export function logTail(logFile: string): string {
  try {
    const lines = readFileSync(logFile, 'utf8').trimEnd().split('\n').slice(-tailLines);
    return `Its log ${logFile} ends:\n${lines.join('\n')}`;
  } catch {
    return `Its log is ${logFile}.`;
  }
}
