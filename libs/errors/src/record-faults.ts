import type { ErrorEntry } from './error-entry.js';

const correctAndReplay =
  'Correct the row in the source, which sends it anew, or correct the mapping and replay the dead letter.';

/** Faults of one record: it goes to the dead letter queue, the records beside it are written. */
export const recordFaults = {
  undecodable: {
    disposition: 'dead_letter',
    severity: 'error',
    description:
      'The record is neither Avro in the registry format nor JSON with its schema, or is cut short.',
    whatToDo: 'Find out who else writes to the topic; the original bytes are in the dead letter.',
  },
  schema_id_unknown: {
    disposition: 'dead_letter',
    severity: 'error',
    description: 'The schema registry confirms that it does not know the schema id the record names.',
    whatToDo:
      "Restore the registry's data, or correct the converter of the connector; then replay the dead letter.",
  },
  unsupported_type: {
    disposition: 'dead_letter',
    severity: 'error',
    description: 'A column has a type that cannot be carried exactly.',
    whatToDo: 'Leave the column out of the mapping, or change its type; then replay the dead letter.',
  },
  unmappable_value: {
    disposition: 'dead_letter',
    severity: 'error',
    description: 'A value cannot be expressed in the type it is mapped to.',
    whatToDo: correctAndReplay,
  },
  unknown_value_word: {
    disposition: 'dead_letter',
    severity: 'error',
    description: 'A word is not in the value table of its column.',
    whatToDo:
      "Add the word to the column's value table if it is meant, or correct the row; then replay the dead letter.",
  },
  out_of_range: {
    disposition: 'dead_letter',
    severity: 'error',
    description: 'A number or time lies outside what the target column can hold.',
    whatToDo: 'Widen the target column, or correct the row; then replay the dead letter.',
  },
  value_too_long: {
    disposition: 'dead_letter',
    severity: 'error',
    description: 'A value is longer than the target column can hold.',
    whatToDo: 'Widen the target column, or shorten the value in the source; then replay the dead letter.',
  },
  null_not_allowed: {
    disposition: 'dead_letter',
    severity: 'error',
    description: 'A value is NULL where the target column does not allow it.',
    whatToDo:
      'Allow NULL in the target, give the mapping a constant, or fill the value in the source; then replay.',
  },
  check_violation: {
    disposition: 'dead_letter',
    severity: 'error',
    description: 'A check constraint of the target refuses the row.',
    whatToDo: correctAndReplay,
  },
  other_constraint: {
    disposition: 'dead_letter',
    severity: 'error',
    description: 'A constraint of the target that has no code of its own refuses the row.',
    whatToDo: correctAndReplay,
  },
  refused_by_trigger: {
    disposition: 'dead_letter',
    severity: 'error',
    description: 'A trigger of the target refuses the row.',
    whatToDo: 'Read the trigger, correct the row or the trigger, then replay the dead letter.',
  },
  record_too_large: {
    disposition: 'dead_letter',
    severity: 'error',
    description: 'The record is larger than the topic it is to be written to takes.',
    whatToDo:
      "Raise the topic's max.message.bytes and the broker's replica.fetch.max.bytes, then sync the row again or replay it.",
  },
  truncate_not_carried: {
    disposition: 'dead_letter',
    severity: 'error',
    description:
      'A table was emptied with TRUNCATE in the source, which is never repeated in the target by itself.',
    whatToDo:
      'Decide whether the target shall be emptied too and do so by hand, then discard the dead letter.',
  },
  unknown_write_failure: {
    disposition: 'dead_letter_after_attempts',
    severity: 'error',
    description: 'The target refuses the row for a reason that has no code of its own.',
    whatToDo:
      "Look up the database's own code, named in the message, and report it: it deserves a row in this table.",
  },
} as const satisfies Record<string, ErrorEntry>;
