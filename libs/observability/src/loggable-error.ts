import { RowbridgeError } from '@rowbridge/errors';

/** What a log line says about an error. */
export interface LoggableError {
  readonly type: string;
  readonly message: string;
  readonly code?: string | number;
  readonly details?: Readonly<Record<string, unknown>>;
  readonly stack?: string;
  readonly cause?: LoggableError;
}

const deepestCause = 4;

/**
 * An error as it may be logged. A database driver's error quotes row values in its text, its `detail` and its `sql`,
 * so of errors that are not ours only the type, the code and the stack frames are kept where they come from a database,
 * or from parsing or converting a value.
 */
export function loggableError(error: unknown, depth = 0): LoggableError {
  if (!(error instanceof Error))
    return { type: typeof error, message: 'a value that is no Error was thrown' };
  const cause =
    error.cause === undefined || depth >= deepestCause ? undefined : loggableError(error.cause, depth + 1);
  const code = codeOf(error);
  const frames = framesOf(error);
  return {
    type: error.name,
    message: couldQuoteRow(error) ? '[left out: it could quote a row]' : error.message,
    ...(code === undefined ? {} : { code }),
    ...(error instanceof RowbridgeError ? { details: error.details } : {}),
    ...(frames === undefined ? {} : { stack: frames }),
    ...(cause === undefined ? {} : { cause }),
  };
}

/** Fields that `pg` and `mysql2` give the errors a server has raised. */
const serverFields = ['sqlState', 'sqlMessage', 'sql', 'routine', 'severity', 'internalQuery'];

/** The engine's errors of parsing and converting quote what they could not take. */
const quotingErrors: ReadonlySet<string> = new Set(['SyntaxError', 'RangeError']);

function couldQuoteRow(error: Error): boolean {
  if (error instanceof RowbridgeError) return false;
  return quotingErrors.has(error.name) || serverFields.some((field) => field in error);
}

function codeOf(error: Error): string | number | undefined {
  const code: unknown = 'code' in error ? error.code : undefined;
  return typeof code === 'string' || typeof code === 'number' ? code : undefined;
}

/** The frames without the message that V8 puts before them, in which a line could look like a frame. */
function framesOf(error: Error): string | undefined {
  const stack = error.stack ?? '';
  const afterMessage = stack.slice(Math.max(0, stack.indexOf(error.message)) + error.message.length);
  const frames = afterMessage.split('\n').filter((line) => /^\s+at /.test(line));
  return frames.length === 0 ? undefined : frames.map((frame) => frame.trim()).join('\n');
}
