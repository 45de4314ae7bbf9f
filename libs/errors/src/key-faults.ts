import type { ErrorEntry } from './error-entry.js';

/** The row cannot be written yet: its key is listed for a second look, other keys go on. */
export const keyFaults = {
  missing_parent: {
    disposition: 'defer_key',
    severity: 'info',
    description: 'The row refers to a row that the target does not have yet.',
    whatToDo: 'Nothing, unless the look is shown as stuck: then find out why the parent row never arrived.',
  },
  children_remain: {
    disposition: 'defer_key',
    severity: 'info',
    description: 'The row cannot be deleted yet: rows of the target still refer to it.',
    whatToDo:
      'Nothing, unless the look is shown as stuck: then find out which rows refer to it and why they stay.',
  },
  unique_value_held: {
    disposition: 'defer_key',
    severity: 'info',
    description: 'Another row of the target holds a value that must be unique.',
    whatToDo:
      'Nothing, unless the look is shown as stuck: then decide which of the two rows keeps the value.',
  },
} as const satisfies Record<string, ErrorEntry>;
