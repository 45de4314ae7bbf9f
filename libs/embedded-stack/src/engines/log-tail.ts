import { readFileSync } from 'node:fs';

const tailLines = 6;
const complaintLines = 6;
const complaint = /error|fatal|fail|denied|cannot|could not|no space|exception/i;

/** Where the log is, what it complains of and how it ends, for a server that never came up. */
export function logTail(logFile: string): string {
  try {
    const lines = readFileSync(logFile, 'utf8').trimEnd().split('\n');
    const complaints = lines
      .slice(0, -tailLines)
      .filter((line) => complaint.test(line))
      .slice(-complaintLines);
    return `Its log ${logFile} says:\n${[...complaints, ...lines.slice(-tailLines)].join('\n')}`;
  } catch {
    return `Its log is ${logFile}.`;
  }
}
