import { auditListSchema } from '@rowbridge/control-protocol';
import { Command } from 'commander';
import { action, withCommonOptions, type Invocation, type Surroundings } from '../invocation.js';
import { readPositive } from '../read-options.js';

interface AuditOptions {
  readonly actor?: string;
  readonly action?: string;
  readonly target?: string;
  readonly limit?: number;
  readonly cursor?: string;
}

/** `rowbridge audit`: who changed what through the control API, the latest first. */
export function auditCommand(surroundings: Surroundings): Command {
  return withCommonOptions(new Command('audit'))
    .description('who changed what, the latest first')
    .option('--actor <name>', 'changes of one token')
    .option('--action <name>', 'such as direction.pause')
    .option('--target <name>', 'what was changed')
    .option('--limit <count>', 'most entries shown', readPositive, 20)
    .option('--cursor <cursor>', 'where the page before ended')
    .action(action(surroundings, showAudit));
}

async function showAudit({ api, output }: Invocation, options: AuditOptions): Promise<void> {
  const { content } = await api.ask(auditListSchema, { path: '/api/v1/audit', query: { ...options } });
  output.result(content, () => {
    output.table(
      ['AT', 'ACTOR', 'ACTION', 'TARGET', 'RESULT'],
      content.items.map(({ at, actor, action: done, target, result }) => [at, actor, done, target, result]),
      'No changes.',
    );
    if (content.nextCursor !== null) output.note(`More: --cursor ${content.nextCursor}`);
  });
}
