import { CommanderError, type Command } from 'commander';
import { asCommandError } from './command-error.js';
import { ignoreClosedReaders } from './ignore-closed-readers.js';
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
  ignoreClosedReaders(surroundings);
  const program = createProgram(surroundings);
  prepare(program, surroundings);
  try {
    await program.parseAsync([...commandArguments], { from: 'user' });
    return 0;
  } catch (error) {
    // Commander has said what was wrong, or printed the help that was asked for.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    const failure = asCommandError(error);
    if (commandArguments.includes('--json')) {
      const { message, code, exitCode } = failure;
      surroundings.err.write(`${JSON.stringify({ error: { code, message, exitCode } })}\n`);
    } else {
      surroundings.err.write(`rowbridge: ${failure.message}\n`);
    }
    return failure.exitCode;
  }
}

/** Usage faults come back as errors and say how to get help, at every depth. */
function prepare(command: Command, surroundings: Surroundings): void {
  command
    .exitOverride()
    .showHelpAfterError('(add --help for what is possible)')
    .configureOutput({
      writeOut: (text) => surroundings.out.write(text),
      writeErr: (text) => surroundings.err.write(text),
    });
  for (const subcommand of command.commands) prepare(subcommand, surroundings);
}
