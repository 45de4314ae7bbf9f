import { RowbridgeError } from '@rowbridge/errors';
import type { LogicalType } from './logical-value.js';

/** A value that is not of the declared type. The message never holds the value. */
export function unmappable(type: LogicalType, problem: string): RowbridgeError {
  return new RowbridgeError('unmappable_value', `a value declared ${type} ${problem}`);
}

/** A value of the declared type beyond what is carried exactly. */
export function outOfRange(type: LogicalType, problem: string): RowbridgeError {
  return new RowbridgeError('out_of_range', `a value declared ${type} ${problem}`);
}
