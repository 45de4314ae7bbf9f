import { auditListSchema } from '@rowbridge/control-protocol';
import { Command } from 'commander';
import {
  action,
  withCommonOptions,
  withPage,
  type Invocation,
  type PageOptions,
  type Surroundings,
} from '../invocation.js';

interface AuditOptions extends PageOptions {
  readonly actor?: string;
  readonly action?: string;
  readonly target?: string;
}

/** `rowbridge audit`: who changed what through the control API, the latest first. */
export function auditCommand(surroundings: Surroundings): Command {
  return withPage(withCommonOptions(new Command('audit')), 20)
    .description('who changed what, the latest first')
    .option('--actor <name>', 'changes of one token')
    .option('--action <name>', 'such as direction.pause')
    .option('--target <name>', 'what was changed')
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
    output.nextPage(content.nextCursor);
  });
}
