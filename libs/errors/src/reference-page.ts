import { errorTable, exitCodeFor, httpStatusFor, type CodedErrorEntry } from './error-table.js';
import type { Disposition } from './error-entry.js';

const dispositionNotes: Readonly<Record<Disposition, string>> = {
  pause_partition:
    'The system is at fault. The partition waits and tries again for ever, after 1 s, then twice as long each time up to 30 s; health degrades; nothing is dead-lettered.',
  pause_table: 'One table no longer fits. Its changes wait until it is resumed; other tables go on.',
  defer_key: 'The row cannot be written yet. Its key is listed for a second look; other keys go on.',
  dead_letter:
    'The record is at fault. It goes to the dead letter queue at the first attempt; its batch-mates are written.',
  dead_letter_after_attempts: 'As above, once the configured number of attempts is used up.',
  stop: 'Going on could lose or spoil data. A start ends with the exit code. A direction that runs stops, and its process stays alive and not ready until a person starts it again.',
  invalid_configuration: 'Refused before anything starts.',
  unreachable: 'Something needed for the start is missing or does not answer.',
  fail_run: 'A sync run ends as failed; rows keep crossing.',
  refuse_request:
    'The control API refuses a request with this HTTP status; nothing was changed. What cannot be reached is answered with 503 and its own code.',
};

/** The reference page of all error codes as Markdown, generated from the error table; ends with a newline. */
export function errorReferencePage(): string {
  const dispositions = Object.keys(dispositionNotes) as Disposition[];
  const sections = dispositions.map((disposition) => section(disposition));
  return [
    '# Error codes',
    '',
    'Generated from the error table in `libs/errors` by `npm run generate`; changes made here are overwritten.',
    '',
    'The code appears in log lines, in `sync_errors_total{error_code}` and in the dead letter header `x-sync-error-code`. The exit code is that of a process which the error ends, at start or later.',
    '',
    ...sections.flat(),
  ].join('\n');
}

function section(disposition: Disposition): string[] {
  const rows = Object.values(errorTable).filter((entry) => entry.disposition === disposition);
  return [
    `## ${disposition}`,
    '',
    dispositionNotes[disposition],
    '',
    `| code | severity | ${disposition === 'refuse_request' ? 'HTTP status' : 'exit code'} | what it means | what to do |`,
    '|---|---|---|---|---|',
    ...rows.map(row),
    '',
  ];
}

function row(entry: CodedErrorEntry): string {
  const cells = [
    `\`${entry.code}\``,
    entry.severity,
    String(entry.disposition === 'refuse_request' ? httpStatusFor(entry.code) : exitCodeFor(entry.code)),
    entry.description,
    entry.whatToDo,
  ];
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}
