import type { ErrorEntry } from './error-entry.js';

/** Faults of one table of the target: its changes wait, the other tables go on. */
export const tableFaults = {
  table_missing: {
    disposition: 'pause_table',
    severity: 'error',
    description: 'A table the mapping writes does not exist in the target.',
    whatToDo: 'Create the table, or correct its name in the mapping; then resume the table.',
  },
  column_missing: {
    disposition: 'pause_table',
    severity: 'error',
    description: 'A column the mapping names does not exist.',
    whatToDo: 'Add the column, or correct its name in the mapping; then resume the table.',
  },
  schema_incompatible: {
    disposition: 'pause_table',
    severity: 'error',
    description: 'The table and its mapping no longer fit: a type, a required column or an index differs.',
    whatToDo:
      'Compare the table with its mapping (see schema_drift), bring them together, then resume the table.',
  },
  insufficient_privilege: {
    disposition: 'pause_table',
    severity: 'critical',
    description: 'The database user may not do what is needed on this table.',
    whatToDo: 'Grant the missing privilege (docs list what each role needs); then resume the table.',
  },
} as const satisfies Record<string, ErrorEntry>;
