import { pauseAnswerSchema } from '@rowbridge/control-protocol';
import { Command } from 'commander';
import { action, withCommonOptions, type Invocation, type Surroundings } from '../invocation.js';

interface PauseOptions {
  readonly table?: string;
  readonly reason?: string;
  readonly dryRun?: boolean;
}

const examples = `
Examples:
  rowbridge direction pause legacy-to-revamp --reason "index is being built"
  rowbridge direction pause legacy-to-revamp --table posts --dry-run
  rowbridge direction resume legacy-to-revamp`;

/** `rowbridge direction`: pauses a direction or one of its tables; a pause outlives restarts. */
export function directionCommand(surroundings: Surroundings): Command {
  const direction = new Command('direction').description('pause and resume directions and single tables');
  for (const order of ['pause', 'resume'] as const) {
    direction.addCommand(
      withCommonOptions(new Command(order))
        .description(order === 'pause' ? 'let changes wait; nothing is lost' : 'let changes flow again')
        .argument('<direction>', 'such as legacy-to-revamp')
        .option('--table <name>', 'only this table')
        .option('--reason <text>', 'kept with the order and in the audit log')
        .option('--dry-run', 'say what would change, and change nothing')
        .addHelpText('after', examples)
        .action(
          action<PauseOptions>(surroundings, (invocation, options, [name = '']) =>
            give(invocation, options, { order, name }),
          ),
        ),
    );
  }
  return direction;
}

async function give(
  { api, output }: Invocation,
  { table, reason, dryRun }: PauseOptions,
  { order, name }: { readonly order: 'pause' | 'resume'; readonly name: string },
): Promise<void> {
  const place = table === undefined ? '' : `/tables/${encodeURIComponent(table)}`;
  const { content } = await api.ask(pauseAnswerSchema, {
    method: 'POST',
    path: `/api/v1/directions/${encodeURIComponent(name)}${place}/${order}`,
    query: { dryRun },
    body: { reason },
  });
  output.result(content, () => {
    const what = content.table === null ? content.direction : `${content.table} of ${content.direction}`;
    const state = content.paused ? 'paused' : 'flowing';
    if (!content.changed) output.line(`${what} is ${state} already.`);
    else
      output.line(
        content.dryRun ? `${what} would be ${state}. Nothing was changed.` : `${what} is ${state}.`,
      );
  });
}
