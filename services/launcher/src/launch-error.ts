/** A failure that ends the launcher with one message for people and its exit code. */
export class LaunchError extends Error {
  override readonly name = 'LaunchError';

  constructor(
    message: string,
    readonly exitCode: 1 | 2 | 3,
  ) {
    super(message);
  }
}

/** The exit code an error asks for, whichever library raised it; 1 where it names none. */
export function exitCodeOf(failure: unknown): number {
  if (typeof failure === 'object' && failure !== null && 'exitCode' in failure) {
    const { exitCode } = failure;
    if (typeof exitCode === 'number') return exitCode;
  }
  return 1;
}

/** The message of whatever was thrown. */
export function messageOf(failure: unknown): string {
  return failure instanceof Error ? failure.message : String(failure);
}
