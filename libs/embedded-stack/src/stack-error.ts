/** Process exit codes a stack failure maps to: 2 bad usage or configuration, 3 something needed cannot be had. */
export type StackExitCode = 2 | 3;

/** A failure of the embedded stack that a caller reports in one message and turns into its exit code. */
export class StackError extends Error {
  readonly exitCode: StackExitCode;

  constructor(message: string, exitCode: StackExitCode = 3, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'StackError';
    this.exitCode = exitCode;
  }
}
