import { RowbridgeError } from '@rowbridge/errors';

/** A record whose bytes say nothing we can read. The message never holds the bytes. */
export function undecodable(problem: string): RowbridgeError {
  return new RowbridgeError('undecodable', problem);
}
