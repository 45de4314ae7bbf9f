import { replayAnswerSchema } from '@rowbridge/control-protocol';
import { CommandError } from '../command-error.js';
import type { Invocation } from '../invocation.js';
import { followReplay, printReplay } from './follow-replay.js';
import { askApiAlone } from './kafka-fallback.js';

export interface EditOptions {
  /** `column=value` each. */
  readonly set?: readonly string[];
  readonly setNull?: readonly string[];
  readonly reason: string;
  readonly dryRun?: boolean;
}

/** Replays a dead letter with other values. */
export async function editDeadLetter(
  invocation: Invocation,
  { set = [], setNull = [], reason, dryRun }: EditOptions,
  [id = '']: readonly string[],
): Promise<void> {
  const columns: Record<string, string | null> = Object.fromEntries(setNull.map((column) => [column, null]));
  for (const text of set) {
    const at = text.indexOf('=');
    if (at < 1) throw new CommandError(`--set takes column=value, not ${JSON.stringify(text)}`, 2);
    columns[text.slice(0, at)] = text.slice(at + 1);
  }
  if (Object.keys(columns).length === 0)
    throw new CommandError('say what to change with --set or --set-null', 2);
  const { content } = await askApiAlone('It alone decodes the row, and keeps the audit log of edits.', () =>
    invocation.api.ask(replayAnswerSchema, {
      method: 'POST',
      path: `/api/v1/dlq/${encodeURIComponent(id)}/edit`,
      query: { dryRun },
      body: { columns, reason },
    }),
  );
  printReplay(invocation, await followReplay(invocation, content));
}
