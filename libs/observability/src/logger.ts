import { AsyncLocalStorage } from 'node:async_hooks';
import { randomBytes } from 'node:crypto';
import { pino, type DestinationStream, type LogFn, type Logger } from 'pino';
import { loggableError } from './loggable-error.js';

export type { Logger };

/** As logged: fatal = the dead letter queue or the direction has failed; see the reference of log lines. */
export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'fatal';

export interface LoggerOptions {
  readonly name: string;
  readonly level: LogLevel;
  /** Fields of every line, such as the direction. */
  readonly bindings?: Readonly<Record<string, string>>;
  /** Where lines go; standard output without one. */
  readonly destination?: DestinationStream;
}

const traces = new AsyncLocalStorage<string>();
const traceparentForm = /^[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}$/;

/** Fields that could hold a secret or a row, should one ever be passed by mistake. */
const redactedFields = [
  'password',
  'secret',
  'token',
  'authorization',
  'payload',
  'row',
  'before',
  'after',
  'values',
];

/** JSON lines, each with the trace it belongs to. Payloads are never passed to it; errors lose what could quote a row. */
export function createLogger({ name, level, bindings = {}, destination }: LoggerOptions): Logger {
  const settings = {
    name,
    level,
    base: { ...bindings, pid: process.pid },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
    serializers: { err: loggableError, error: loggableError },
    hooks: { logMethod: withoutQuotedRows },
    mixin: () => {
      const traceId = traces.getStore();
      return traceId === undefined ? {} : { traceId };
    },
    redact: { paths: redactedFields.flatMap((field) => [field, `*.${field}`]), censor: '[redacted]' },
  };
  return destination ? pino(settings, destination) : pino(settings);
}

/** Pino takes an error's own text for a line without one; that text goes through the same sieve as the error. */
function withoutQuotedRows(this: Logger, words: Parameters<LogFn>, log: LogFn): void {
  const [subject, message] = words as readonly unknown[];
  const fields = subject instanceof Error ? { err: subject } : subject;
  const error: unknown =
    typeof fields === 'object' && fields !== null && 'err' in fields ? fields.err : undefined;
  if (error instanceof Error && message === undefined) log.call(this, fields, loggableError(error).message);
  else if (subject instanceof Error) log.call(this, fields, String(message));
  else log.apply(this, words);
}

/**
 * Runs work under a trace: that of the W3C `traceparent` where there is a valid one, else a new one. Log lines written
 * meanwhile carry its id, 32 hexadecimal digits.
 */
export function withTrace<Result>(traceparent: string | null, work: () => Result): Result {
  const traceId = traceparentForm.exec(traceparent ?? '')?.[1] ?? randomBytes(16).toString('hex');
  return traces.run(traceId, work);
}

/** The trace the work at hand runs under, 32 hexadecimal digits; null outside of {@link withTrace}. */
export function currentTraceId(): string | null {
  return traces.getStore() ?? null;
}
