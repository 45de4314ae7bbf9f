import {
  syncHistorySchema,
  syncStatusSchema,
  syncStopAnswerSchema,
  syncTriggerAnswerSchema,
  type SyncPlan,
  type SyncRun,
} from '@rowbridge/control-protocol';
import { Command } from 'commander';
import { CommandError } from '../command-error.js';
import { followSyncRun } from '../follow-sync-run.js';
import {
  action,
  withCommonOptions,
  withPage,
  type Invocation,
  type PageOptions,
  type Surroundings,
} from '../invocation.js';
import type { Output } from '../output.js';
import { readPositive } from '../read-options.js';
import { readFilter, type FilterOptions } from '../sync-filter.js';

interface TriggerOptions extends FilterOptions {
  readonly direction?: readonly string[];
  readonly table?: readonly string[];
  readonly reset?: boolean;
  readonly yes?: boolean;
  readonly chunkSize?: number;
  readonly dryRun?: boolean;
  readonly wait?: boolean;
}

interface HistoryOptions extends PageOptions {
  readonly state?: string;
  readonly trigger?: string;
  readonly direction?: string;
  readonly table?: string;
}

const triggerExamples = `
Examples:
  rowbridge sync trigger --wait                          read everything again, both ways, and watch
  rowbridge sync trigger --table users --dry-run         say what would be read, and do nothing
  rowbridge sync trigger --direction legacy-to-revamp --table users --only id=17,42
  rowbridge sync trigger --direction legacy-to-revamp --table posts --from created_at=2026-11-01T00:00:00Z
  rowbridge sync trigger --reset --yes                   also reconcile rows deleted meanwhile`;

/** `rowbridge sync`: reads tables again beside the live changes. */
export function syncCommand(surroundings: Surroundings): Command {
  const sync = new Command('sync').description('read tables again beside the live changes, which always win');
  sync.addCommand(triggerCommand(surroundings));
  sync.addCommand(
    withCommonOptions(new Command('stop'))
      .description('stop the run that is going on; what has crossed stays')
      .action(action(surroundings, stop)),
  );
  sync.addCommand(
    withCommonOptions(new Command('status'))
      .description('the run that is going on, or the last')
      .action(action(surroundings, showStatus)),
  );
  sync.addCommand(
    withPage(withCommonOptions(new Command('history')), 20)
      .description('earlier runs, the latest first')
      .option('--state <state>', 'running, completed, failed or stopped')
      .option('--trigger <trigger>', 'manual or schedule')
      .option('--direction <name>', 'runs that read this direction')
      .option('--table <name>', 'runs that read this table')
      .action(action(surroundings, showHistory)),
  );
  return sync;
}

function triggerCommand(surroundings: Surroundings): Command {
  return withCommonOptions(new Command('trigger'))
    .description('start a run')
    .option('--direction <name...>', 'directions to read; all without')
    .option('--table <name...>', 'tables to read; all without')
    .option('--only <column=value,value...>', 'only rows with one of these values')
    .option('--from <column=value...>', 'only rows with this value or a greater one')
    .option('--to <column=value...>', 'only rows with this value or a smaller one')
    .option('--reset', 'also put up target rows whose source row is gone for a second look')
    .option('--yes', 'confirm --reset')
    .option('--chunk-size <rows>', 'rows a connector reads at a time', readPositive)
    .option('--dry-run', 'say what would be read, and do nothing')
    .option('--wait', 'watch until the run has ended')
    .addHelpText('after', triggerExamples)
    .action(action(surroundings, trigger));
}

async function trigger(invocation: Invocation, options: TriggerOptions): Promise<void> {
  const { api, output } = invocation;
  const isReset = options.reset === true;
  if (isReset && options.yes !== true && options.dryRun !== true) {
    throw new CommandError(
      '--reset may delete rows after a second look: add --yes, or try --dry-run first',
      2,
    );
  }
  const { content } = await api.ask(syncTriggerAnswerSchema, {
    method: 'POST',
    path: '/api/v1/sync/trigger',
    query: { dryRun: options.dryRun },
    body: {
      directions: options.direction,
      tables: options.table,
      filter: readFilter(options),
      chunkSize: options.chunkSize,
      ...(isReset && { reset: true, ...(options.yes === true && { confirm: 'reset' }) }),
    },
  });
  if (content.run === null) return output.result(content, () => printPlan(output, content.plan));
  const { run } = content;
  if (options.wait !== true) {
    return output.result(content, () => output.line(`Run ${run.id} has begun. Watch: rowbridge sync status`));
  }
  const ended = await followSyncRun(invocation, run);
  output.result(ended, () => printRun(output, ended));
  requireCompleted(ended);
}

function requireCompleted(run: SyncRun): void {
  if (run.state === 'completed') return;
  throw new CommandError(`run ${run.id} is ${run.state}${run.error ? `: ${run.error.message}` : ''}`, 1);
}

async function stop({ api, output }: Invocation): Promise<void> {
  const { content } = await api.ask(syncStopAnswerSchema, {
    method: 'POST',
    path: '/api/v1/sync/stop',
    body: {},
  });
  output.result(content.run, () => printRun(output, content.run));
}

async function showStatus({ api, output }: Invocation): Promise<void> {
  const { content } = await api.ask(syncStatusSchema, { path: '/api/v1/sync/status' });
  output.result(content, () => {
    if (content.run) printRun(output, content.run);
    else output.line('No run yet. Start one: rowbridge sync trigger');
    const { enabled, cron, nextAt } = content.schedule;
    output.line(enabled ? `Schedule: ${cron}, next ${nextAt ?? 'never'}` : 'Schedule: off');
  });
}

async function showHistory({ api, output }: Invocation, options: HistoryOptions): Promise<void> {
  const { content } = await api.ask(syncHistorySchema, {
    path: '/api/v1/sync/history',
    query: { ...options },
  });
  output.result(content, () => {
    output.table(
      ['RUN', 'STATE', 'TRIGGER', 'BY', 'ROWS', 'CONFLICTS', 'STARTED', 'ENDED', 'ERROR'],
      content.items.map((run) => [
        run.id,
        run.state,
        run.trigger,
        run.actor,
        run.rowsApplied,
        run.conflicts,
        run.startedAt,
        run.endedAt,
        run.error?.code,
      ]),
      'No runs.',
    );
    output.nextPage(content.nextCursor);
  });
}

function printRun(output: Output, run: SyncRun): void {
  output.line(
    `Run ${run.id}: ${run.state}${run.phase ? `, ${run.phase}` : ''}, ${run.percent} %, ` +
      `${run.rowsRead} rows read, ${run.rowsApplied} dealt with, ${run.conflicts} conflicts`,
  );
  if (run.error) output.line(`Error ${run.error.code}: ${run.error.message}`);
  output.table(
    ['DIRECTION', 'TABLE', 'STATE', 'READ', 'ESTIMATED'],
    run.directions.flatMap(({ direction, tables }) =>
      tables.map((table) => [direction, table.table, table.state, table.rowsRead, table.estimatedRows]),
    ),
    'No tables.',
  );
}

function printPlan(output: Output, plan: SyncPlan): void {
  output.line(`Nothing was started. About ${plan.estimatedRows} rows would be read:`);
  output.table(
    ['DIRECTION', 'CONNECTOR', 'TABLE', 'ROWS', 'CONDITIONS'],
    plan.signals.flatMap(({ direction, connector, data, tables }) =>
      tables.map(({ table, estimatedRows }) => [
        direction,
        connector,
        table,
        estimatedRows,
        data.additionalConditions.join(' and ') || 'all rows',
      ]),
    ),
    'Nothing to read.',
  );
  if (plan.reset) output.line('Target rows whose source row is gone would get a second look.');
}
