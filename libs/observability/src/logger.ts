import { AsyncLocalStorage } from 'node:async_hooks';
import { randomBytes } from 'node:crypto';
import { pino, type Logger } from 'pino';

export type { Logger };

/** As logged: fatal = the dead letter queue or the direction has failed; see the reference of log lines. */
export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'fatal';

export interface LoggerOptions {
  readonly name: string;
  readonly level: LogLevel;
  /** Fields of every line, such as the direction. */
  readonly bindings?: Readonly<Record<string, string>>;
}

const traces = new AsyncLocalStorage<string>();
const traceparentForm = /^[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}$/;

/** Fields that could hold a secret or a row, should one ever be passed by mistake. */
const redactedFields = ['password', 'secret', 'token', 'authorization', 'payload', 'row', 'before', 'after', 'values'];

/** JSON lines on stdout, each with the trace it belongs to. Payloads are never passed to it. */
export function createLogger({ name, level, bindings = {} }: LoggerOptions): Logger {
  return pino({
    name,
    level,
    base: { ...bindings, pid: process.pid },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
    mixin: () => {
      const traceId = traces.getStore();
      return traceId === undefined ? {} : { traceId };
    },
    redact: { paths: redactedFields.flatMap((field) => [field, `*.${field}`]), censor: '[redacted]' },
  });
}

/**
 * Runs work under a trace: that of the W3C `traceparent` where there is a valid one, else a new one. Log lines written
 * meanwhile carry its id, 32 hexadecimal digits.
 */
export function withTrace<Result>(traceparent: string | null, work: () => Result): Result {
  const traceId = traceparentForm.exec(traceparent ?? '')?.[1] ?? randomBytes(16).toString('hex');
  return traces.run(traceId, work);
}
