import {
  connectorListSchema,
  directionListSchema,
  healthSchema,
  type Direction,
} from '@rowbridge/control-protocol';
import { Command } from 'commander';
import { CommandError } from '../command-error.js';
import { action, withCommonOptions, type Invocation, type Surroundings } from '../invocation.js';
import type { Output } from '../output.js';

const examples = `
Examples:
  rowbridge status             every direction, table by table, and what it needs
  rowbridge status --json      the same for a program; exit 1 when something is wrong`;

/** `rowbridge status`: how everything is; ends with 1 where something is wrong. */
export function statusCommand(surroundings: Surroundings): Command {
  return withCommonOptions(new Command('status'))
    .description('how every direction, table and connector is; exit 1 when something is wrong')
    .addHelpText('after', examples)
    .action(action(surroundings, showStatus));
}

async function showStatus({ api, output }: Invocation): Promise<void> {
  // An unhealthy system answers 503 with the same body.
  const health = healthSchema.parse(
    await (await api.send({ path: '/health', acceptUnhealthy: true })).json(),
  );
  const directions = (await api.ask(directionListSchema, { path: '/api/v1/directions' })).content.items;
  const connectors = (await api.ask(connectorListSchema, { path: '/api/v1/connectors' })).content.items;
  const lagOf = new Map(health.directions.map((direction) => [direction.name, direction]));
  output.result({ health, directions, connectors }, () => {
    output.line(`System: ${health.status}`);
    for (const check of health.checks.filter(({ status }) => status === 'down')) {
      output.line(`Down: ${check.name}${check.message === undefined ? '' : ` (${check.message})`}`);
    }
    output.line('');
    output.table(
      ['DIRECTION', 'STATE', 'REPLICAS', 'LAG MESSAGES', 'LAG SECONDS', 'LAST ERROR'],
      directions.map((direction) => [
        direction.name,
        direction.state,
        direction.instances.filter(({ lost }) => !lost).length,
        lagOf.get(direction.name)?.lagMessages,
        lagOf.get(direction.name)?.lagSeconds.toFixed(1),
        lastErrorOf(direction),
      ]),
      'No direction has reported.',
    );
    output.line('');
    printTables(output, directions);
    output.line('');
    output.table(
      ['CONNECTOR', 'STATE', 'TASKS'],
      connectors.map(({ name, state, tasks }) => [name, state, tasks.map((task) => task.state).join(', ')]),
      'No connectors.',
    );
  });
  if (health.status === 'unhealthy') throw new CommandError('the system is unhealthy', 1);
}

function lastErrorOf({ instances }: Direction): string | null {
  const errors = instances.flatMap(({ lastError, stopReason }) => stopReason ?? lastError ?? []);
  return errors[0]?.code ?? null;
}

function printTables(output: Output, directions: readonly Direction[]): void {
  const rows = directions.flatMap((direction) =>
    direction.tables.map(({ table, paused }) => {
      const reports = direction.instances.flatMap(({ tables }) =>
        tables.filter((report) => report.table === table),
      );
      const count = (outcome: 'applied' | 'deferred' | 'dead_lettered'): number =>
        reports.reduce((sum, report) => sum + (report.outcomes[outcome] ?? 0), 0);
      const held = reports.find((report) => report.held !== null)?.held;
      return [
        direction.name,
        table,
        paused ? 'paused' : held ? `held: ${held.code}` : 'flows',
        count('applied'),
        count('deferred'),
        count('dead_lettered'),
        Math.max(0, ...reports.map(({ pendingLooks }) => pendingLooks)),
      ];
    }),
  );
  output.table(
    ['DIRECTION', 'TABLE', 'STATE', 'APPLIED', 'DEFERRED', 'DEAD LETTERS', 'PENDING LOOKS'],
    rows,
    'No tables.',
  );
}
