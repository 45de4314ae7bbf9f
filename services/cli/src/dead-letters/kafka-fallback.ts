import { CommandError } from '../command-error.js';
import { findKafka } from '../find-api.js';
import type { Invocation } from '../invocation.js';
import type { KafkaSource } from './letters-in-kafka.js';

export interface KafkaOptions {
  /** `host:port`, several joined by commas: do not ask the control API. */
  readonly kafka?: string;
  readonly topic?: string;
}

const usualTopic = 'sync.dlq';

/**
 * For what Kafka itself cannot be asked.
 * @param why no other than the control API can do it, as a sentence
 */
export async function askApiAlone<Answer>(why: string, ask: () => Promise<Answer>): Promise<Answer> {
  try {
    return await ask();
  } catch (error) {
    if (!(error instanceof CommandError) || error.code !== 'control_api_unreachable') throw error;
    throw new CommandError(`${error.message} ${why}`, 3, error.code);
  }
}

/**
 * Asks the control API; where it does not answer and the brokers are known, Kafka itself. With `--kafka` it is Kafka at
 * once.
 */
export async function askApiOrKafka(
  invocation: Invocation,
  { kafka, topic = usualTopic }: KafkaOptions,
  ask: { readonly api: () => Promise<void>; readonly kafka: (source: KafkaSource) => Promise<void> },
): Promise<void> {
  if (kafka !== undefined) return ask.kafka({ brokers: kafka.split(','), topic });
  try {
    await ask.api();
  } catch (error) {
    if (!(error instanceof CommandError) || error.code !== 'control_api_unreachable') throw error;
    const brokers = findKafka(invocation);
    if (brokers === null) {
      const hint = 'With --kafka or KAFKA_BROKERS dead letters are read from Kafka itself.';
      throw new CommandError(`${error.message} ${hint}`, 3, error.code);
    }
    invocation.output.note(`The control API does not answer at ${invocation.api.url}: asking Kafka itself.`);
    await ask.kafka({ brokers, topic });
  }
}
