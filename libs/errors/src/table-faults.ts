import type { ErrorEntry } from './error-entry.js';

/** Faults of one table of the target: its changes wait, the other tables go on. */
export const tableFaults = {
  table_missing: {
    disposition: 'pause_table',
    severity: 'error',
    description: 'A table the mapping writes does not exist in the target.',
    whatToDo:
      'Create the table, or correct its name in the mapping: with the table there it goes on by itself, with another mapping after a restart.',
  },
  column_missing: {
    disposition: 'pause_table',
    severity: 'error',
    description: 'A column the mapping names does not exist.',
    whatToDo:
      'Run the statement recorded in schema_drift, and the table goes on by itself; or deploy the mapping patch recorded there.',
  },
  schema_incompatible: {
    disposition: 'pause_table',
    severity: 'error',
    description: 'The table and its mapping no longer fit: a type, a required column or an index differs.',
    whatToDo:
      'Run the statement recorded in schema_drift, and the table goes on by itself; or deploy the mapping patch recorded there.',
  },
  enum_label_missing: {
    disposition: 'pause_table',
    severity: 'error',
    description: "A row uses a label of an enumeration that the target's enumeration does not have.",
    whatToDo: 'Add the label to the target (the statement is in schema_drift): the table goes on by itself.',
  },
  insufficient_privilege: {
    disposition: 'pause_table',
    severity: 'critical',
    description: 'The database user may not do what is needed on this table.',
    whatToDo: 'Grant the missing privilege (docs list what each role needs): the table goes on by itself.',
  },
} as const satisfies Record<string, ErrorEntry>;
