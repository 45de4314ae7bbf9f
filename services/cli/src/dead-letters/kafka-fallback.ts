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
    if (!isUnreachable(error)) throw error;
    throw new CommandError(`${error.message} ${why}`, 3, error.code);
  }
}

/**
 * For reading alone, which may be done twice: asks the control API; where it does not answer and the brokers are known,
 * Kafka itself. With `--kafka` it is Kafka at once.
 */
export async function askApiOrKafka(
  invocation: Invocation,
  options: KafkaOptions,
  ask: { readonly api: () => Promise<void>; readonly kafka: (source: KafkaSource) => Promise<void> },
): Promise<void> {
  const named = namedKafka(options);
  if (named !== null) return ask.kafka(named);
  try {
    await ask.api();
  } catch (error) {
    if (!isUnreachable(error) && !isUnanswered(error)) throw error;
    await ask.kafka(kafkaInstead(invocation, options, error));
  }
}

/** The Kafka that `--kafka` names; null without it. */
export function namedKafka({ kafka, topic = usualTopic }: KafkaOptions): KafkaSource | null {
  return kafka === undefined ? null : { brokers: kafka.split(','), topic };
}

/**
 * The Kafka to ask after the control API failed, and says that it is asked.
 * @throws CommandError exit 3 where no brokers are known
 */
export function kafkaInstead(
  { api, output, ...surroundings }: Invocation,
  { topic = usualTopic }: KafkaOptions,
  failure: CommandError,
): KafkaSource {
  const brokers = findKafka(surroundings);
  if (brokers === null) {
    const hint = 'With --kafka or KAFKA_BROKERS dead letters are read from Kafka itself.';
    throw new CommandError(`${failure.message} ${hint}`, 3, failure.code);
  }
  output.note(`The control API does not answer at ${api.url}: asking Kafka itself.`);
  return { brokers, topic };
}

/** Whether the control API was never reached, so that it cannot have begun what it was asked. */
export function isUnreachable(error: unknown): error is CommandError {
  return error instanceof CommandError && error.code === 'control_api_unreachable';
}

function isUnanswered(error: unknown): error is CommandError {
  return error instanceof CommandError && error.code === 'control_api_unanswered';
}
