import { outliveReaders } from '@rowbridge/errors';
import { CommanderError, type Command } from 'commander';
import { asCommandError, CommandError } from './command-error.js';
import type { Surroundings } from './invocation.js';
import { createProgram } from './program.js';

/**
 * Runs one command.
 * @param commandArguments what follows the program's name
 * @returns the exit code: 0 done, 1 failed, 2 bad usage or configuration, 3 something it needs cannot be reached
 */
export async function runCommandLine(
  commandArguments: readonly string[],
  surroundings: Surroundings,
): Promise<number> {
  outliveReaders([surroundings.out, surroundings.err]);
  const isJson = commandArguments.includes('--json');
  const program = createProgram(surroundings);
  prepare(program, surroundings, isJson);
  try {
    await program.parseAsync([...commandArguments], { from: 'user' });
    return 0;
  } catch (error) {
    if (error instanceof CommanderError) {
      if (error.exitCode === 0) return 0;
      // For people commander has said what was wrong, or printed the help that was asked for.
      if (isJson) sayAsJson(usageFault(error), surroundings);
      return 2;
    }
    const failure = asCommandError(error);
    if (isJson) sayAsJson(failure, surroundings);
    else surroundings.err.write(`rowbridge: ${failure.message}\n`);
    return failure.exitCode;
  }
}

/** With `--json` the error stream carries this one object and nothing else. */
function sayAsJson({ code, message, exitCode }: CommandError, { err }: Surroundings): void {
  err.write(`${JSON.stringify({ error: { code, message, exitCode } })}\n`);
}

function usageFault({ code, message }: CommanderError): CommandError {
  if (code === 'commander.help') return new CommandError('name a command; --help shows which there are', 2);
  return new CommandError(message.replace(/^error: /, ''), 2);
}

/** Usage faults come back as errors; for people they are said with how to get help, at every depth. */
function prepare(command: Command, surroundings: Surroundings, isJson: boolean): void {
  command
    .exitOverride()
    .showHelpAfterError('(add --help for what is possible)')
    .configureOutput({
      writeOut: (text) => surroundings.out.write(text),
      writeErr: (text) => {
        if (!isJson) surroundings.err.write(text);
      },
    });
  for (const subcommand of command.commands) prepare(subcommand, surroundings, isJson);
}
