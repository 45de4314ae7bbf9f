import { Command } from 'commander';
import { auditCommand } from './commands/audit.js';
import { completeCommand, completionCommand } from './commands/completion.js';
import { configCommand } from './commands/config.js';
import { conflictsCommand } from './commands/conflicts.js';
import { connectorsCommand } from './commands/connectors.js';
import { directionCommand } from './commands/direction.js';
import { dlqCommand } from './commands/dlq.js';
import { lagCommand } from './commands/lag.js';
import { statusCommand } from './commands/status.js';
import { syncCommand } from './commands/sync.js';
import { withCommonOptions, type Surroundings } from './invocation.js';

const help = `
Exit codes:
  0 done   1 failed at run time   2 bad usage or invalid configuration   3 something it needs cannot be reached

Environment:
  ROWBRIDGE_API_URL         address of the control API, else the stack npm start runs here, else http://127.0.0.1:8080
  ROWBRIDGE_API_TOKEN       token for it
  ROWBRIDGE_API_TOKEN_FILE  file that holds the token`;

/** The whole command line. */
export function createProgram(surroundings: Surroundings): Command {
  const program = withCommonOptions(new Command('rowbridge'))
    .description('See, steer and repair the synchronisation of your databases.')
    .addHelpText('after', help)
    .allowExcessArguments(false);
  const commands = [
    statusCommand,
    lagCommand,
    syncCommand,
    dlqCommand,
    directionCommand,
    conflictsCommand,
    connectorsCommand,
    configCommand,
    auditCommand,
    completionCommand,
  ];
  for (const create of commands) program.addCommand(create(surroundings));
  program.addCommand(completeCommand(surroundings), { hidden: true });
  return program;
}
