import { RowbridgeError } from '@rowbridge/errors';

interface ClientError {
  readonly name: string;
  readonly type?: string;
  readonly message: string;
  readonly cause?: unknown;
  /** Where a request was about several topics, the failure of each. */
  readonly errors?: readonly unknown[];
}

/** The failure behind the client's wrappers ("number of retries exceeded", "topic creation errors" and the like). */
function rootOf(error: unknown): ClientError {
  const { name = '', type, message = '', cause, errors } = (error ?? {}) as Partial<ClientError>;
  if (errors?.[0] !== undefined) return rootOf(errors[0]);
  if (cause !== undefined && cause !== error && cause !== null) return rootOf(cause);
  return type === undefined ? { name, message } : { name, type, message };
}

/**
 * What a failure of the Kafka client means to us. Its messages name brokers, topics and protocol errors, never records.
 * @param doing what was under way, such as `reading`
 */
export function kafkaFault(doing: string, error: unknown): RowbridgeError {
  if (error instanceof RowbridgeError) return error;
  const { name, type, message } = rootOf(error);
  const problem = `${doing} failed: ${message}`;
  if (type === 'UNKNOWN_TOPIC_OR_PARTITION') return new RowbridgeError('topic_missing', problem);
  if (type === 'MESSAGE_TOO_LARGE' || type === 'RECORD_LIST_TOO_LARGE') {
    return new RowbridgeError('record_too_large', problem);
  }
  if (name === 'KafkaJSNotImplemented') {
    return new RowbridgeError('internal_error', problem, {
      whatToDo: 'Set compression.type of whoever writes the topic to gzip or none: no other codec is read.',
    });
  }
  if (name === 'KafkaJSSASLAuthenticationError') {
    return new RowbridgeError('wrong_password', 'Kafka refuses the user or the password');
  }
  return new RowbridgeError(isRefusal(type) ? 'kafka_refused' : 'kafka_unreachable', problem);
}

/** Answers of a broker that asking again does not change. */
function isRefusal(type: string | undefined): boolean {
  if (type === undefined) return false;
  return type.endsWith('_AUTHORIZATION_FAILED') || refusals.has(type);
}

const refusals: ReadonlySet<string> = new Set([
  'INVALID_SESSION_TIMEOUT',
  'INVALID_GROUP_ID',
  'INCONSISTENT_GROUP_PROTOCOL',
  'UNSUPPORTED_VERSION',
  'POLICY_VIOLATION',
]);
