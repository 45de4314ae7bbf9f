import { logLevel } from 'kafkajs';
import type { LogEntry, logCreator } from 'kafkajs';

/** What this package logs with; a pino logger fits. */
export interface KafkaLogger {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** The client's own fields that name places and counts; the rest may hold anything and is dropped. */
const shownFields = [
  'broker',
  'clientId',
  'groupId',
  'memberId',
  'topic',
  'partition',
  'retryCount',
  'retryTime',
  'error',
] as const;

/**
 * Hands on the client's log lines one level quieter than it wrote them: it reports every rebalance as an error, and
 * what ends a consumer or a request reaches our own log as that.
 */
export function clientLogCreator(logger: KafkaLogger): logCreator {
  return () =>
    ({ level, namespace, log }: LogEntry) => {
      const fields: Record<string, unknown> = { client: namespace };
      for (const name of shownFields) {
        const field: unknown = log[name];
        // A log keeps the field "error" for error objects; the client's is a text.
        const shownAs = name === 'error' ? 'reason' : name;
        if (typeof field === 'string' || typeof field === 'number') fields[shownAs] = field;
      }
      if (level === logLevel.ERROR) logger.warn(fields, log.message);
      else if (level === logLevel.WARN) logger.info(fields, log.message);
      else logger.debug(fields, log.message);
    };
}
