import { exitCodeFor, RowbridgeError } from '@rowbridge/errors';

/** 1 failed at run time, 2 bad usage or invalid configuration, 3 something needed cannot be reached. */
export type ExitCode = 1 | 2 | 3;

/** Ends a command with a message for a person and an exit code for a program. */
export class CommandError extends Error {
  constructor(
    message: string,
    readonly exitCode: ExitCode,
    /** Stable error code, where there is one. */
    readonly code: string | null = null,
  ) {
    super(message);
    this.name = 'CommandError';
  }
}

/** Whatever a command threw, with its exit code. An unknown failure keeps its message and is a failure at run time. */
export function asCommandError(error: unknown): CommandError {
  if (error instanceof CommandError) return error;
  if (error instanceof RowbridgeError) {
    return new CommandError(error.message, exitCodeFor(error.code), error.code);
  }
  return new CommandError(error instanceof Error ? error.message : String(error), 1);
}
