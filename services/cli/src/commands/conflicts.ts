import { conflictDetailSchema, conflictListSchema } from '@rowbridge/control-protocol';
import { Command } from 'commander';
import {
  action,
  withCommonOptions,
  withPage,
  type Invocation,
  type PageOptions,
  type Surroundings,
} from '../invocation.js';

interface ListOptions extends PageOptions {
  readonly direction?: string;
  readonly table?: string;
  readonly type?: string;
  readonly resolution?: string;
  readonly key?: string;
  readonly from?: string;
  readonly until?: string;
}

const examples = `
Examples:
  rowbridge conflicts list --table users --from 2026-11-01T00:00:00Z
  rowbridge conflicts list --type update_origin_differs --json`;

/** `rowbridge conflicts`: edits that lost, with both rows as they were. */
export function conflictsCommand(surroundings: Surroundings): Command {
  const conflicts = new Command('conflicts').description('edits that lost against an edit of the other side');
  conflicts.addCommand(
    withPage(withCommonOptions(new Command('list')), 50)
      .description('conflicts of both databases, the latest first')
      .option('--direction <name>', 'recorded by one direction')
      .option('--table <name>', 'of one table')
      .option('--type <type>', 'such as update_origin_differs')
      .option('--resolution <policy>', 'the policy that decided, or manual while it is open')
      .option('--key <key>', 'primary key of either row')
      .option('--from <instant>', 'detected then or later')
      .option('--until <instant>', 'detected before')
      .addHelpText('after', examples)
      .action(action(surroundings, listConflicts)),
  );
  conflicts.addCommand(
    withCommonOptions(new Command('show'))
      .description('both rows of a conflict; personal data is masked unless the token may unmask')
      .argument('<id>', 'as listed')
      .action(action(surroundings, showConflict)),
  );
  return conflicts;
}

async function listConflicts({ api, output }: Invocation, options: ListOptions): Promise<void> {
  const { content } = await api.ask(conflictListSchema, { path: '/api/v1/conflicts', query: { ...options } });
  output.result(content, () => {
    output.table(
      ['ID', 'TABLE', 'DIRECTION', 'TYPE', 'DECIDED BY', 'WON', 'SOURCE KEY', 'TARGET KEY', 'DETECTED'],
      content.items.map((conflict) => [
        conflict.id,
        conflict.table,
        conflict.direction,
        conflict.type,
        conflict.resolution,
        conflict.winningSide,
        conflict.sourceKey,
        conflict.targetKey,
        conflict.detectedAt,
      ]),
      'No conflicts.',
    );
    output.nextPage(content.nextCursor);
  });
}

async function showConflict(
  { api, output }: Invocation,
  _options: unknown,
  [id = '']: readonly string[],
): Promise<void> {
  const path = `/api/v1/conflicts/${encodeURIComponent(id)}`;
  const { content } = await api.ask(conflictDetailSchema, { path });
  output.result(content, () => {
    const { type, table, direction, resolution, winningSide, sourceRow, targetRow, masked } = content;
    output.line(`${type} in ${table}, recorded by ${direction} at ${content.detectedAt}`);
    output.line(`Decided by ${resolution}: ${winningSide === null ? 'open' : `${winningSide} won`}`);
    const columns = [
      ...new Set([...Object.keys(sourceRow ?? {}), ...Object.keys(targetRow ?? {}), ...masked]),
    ];
    output.table(
      ['COLUMN', 'SOURCE', 'TARGET', ''],
      columns.map((column) => [
        column,
        masked.includes(column) ? '(masked)' : printed(sourceRow, column),
        masked.includes(column) ? '(masked)' : printed(targetRow, column),
        content.differing.includes(column) ? 'differs' : '',
      ]),
      'Neither side had a row.',
    );
  });
}

function printed(row: Readonly<Record<string, string | null>> | null, column: string): string {
  if (row === null) return 'no row';
  return row[column] === undefined ? '-' : (row[column] ?? 'NULL');
}
