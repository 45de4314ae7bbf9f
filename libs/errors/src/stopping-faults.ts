import type { ErrorEntry } from './error-entry.js';

/** What ends a direction or keeps it from starting. */
export const stoppingFaults = {
  invalid_configuration: {
    disposition: 'invalid_configuration',
    severity: 'critical',
    description: 'The configuration, a pair or a mapping is not valid.',
    whatToDo: 'Correct what the message names, then start again.',
  },
  table_without_primary_key: {
    disposition: 'invalid_configuration',
    severity: 'critical',
    description: 'A table has no primary key: its changes could be neither ordered nor applied once.',
    whatToDo: 'Give the table a primary key, or leave it out.',
  },
  preflight_failed: {
    disposition: 'invalid_configuration',
    severity: 'critical',
    description: 'A database is not set up for capture or for writing.',
    whatToDo: 'Run the statements the message lists, then start again.',
  },
  ledger_too_short: {
    disposition: 'invalid_configuration',
    severity: 'critical',
    description:
      'Event ids would be forgotten before Kafka forgets the events: a late redelivery would be applied twice.',
    whatToDo: 'Raise ledger.retentionHours above the retention of the topics.',
  },
  topic_missing: {
    disposition: 'invalid_configuration',
    severity: 'critical',
    description: 'A topic that must exist does not, and topics are never created by the broker itself.',
    whatToDo: 'Create the topics from their declaration (npm start does so), then start again.',
  },
  database_missing: {
    disposition: 'stop',
    severity: 'critical',
    description: 'The server has no database of the configured name.',
    whatToDo: 'Create the database or correct its name in the configuration.',
    exitCode: 2,
  },
  wrong_password: {
    disposition: 'stop',
    severity: 'critical',
    description: 'The database refuses the user or the password.',
    whatToDo: 'Correct the user or the password in the configuration.',
    exitCode: 3,
  },
  dead_letter_queue_unwritable: {
    disposition: 'stop',
    severity: 'critical',
    description: 'A record could not be written to the dead letter queue; going on would lose it.',
    whatToDo:
      'Make the dead letter topic writable (it exists, its replicas are in sync, we may write to it); the partition waits and goes on by itself.',
  },
  source_position_regressed: {
    disposition: 'stop',
    severity: 'critical',
    description: 'The source log went back to an earlier position: the server was replaced or restored.',
    whatToDo: 'Check which server is the right one, raise epoch in the configuration, then start again.',
  },
  offset_out_of_range: {
    disposition: 'stop',
    severity: 'critical',
    description:
      'Kafka no longer holds the records from the recorded offset on: changes were lost to retention.',
    whatToDo:
      'Forget the recorded offset, start again and sync the tables of the topic: docs/runbooks/recorded-offset.md.',
  },
  topic_recreated: {
    disposition: 'stop',
    severity: 'critical',
    description:
      'The record before the recorded offset is not the one that was applied: the topic was deleted and made anew.',
    whatToDo:
      'Find out what happened to the topic, forget the recorded offset, start again and sync its tables: docs/runbooks/recorded-offset.md.',
  },
  breaker_open: {
    disposition: 'stop',
    severity: 'critical',
    description: 'Too many of the latest records were dead-lettered: the cause is likely not in the records.',
    whatToDo:
      'Look at the dead letters, correct the mapping or the target, then start again and replay them.',
  },
  log_position_lost: {
    disposition: 'stop',
    severity: 'critical',
    description: 'The source no longer holds the log from where capture stopped: the slot or binlog is gone.',
    whatToDo:
      'Take a new snapshot and compare both sides: "The log was lost" in docs/operations/disaster-recovery.md.',
  },
  internal_error: {
    disposition: 'stop',
    severity: 'critical',
    description: 'Something happened that the program holds impossible.',
    whatToDo: 'Report it with the message and the log lines before it.',
  },
  stack_unavailable: {
    disposition: 'unreachable',
    severity: 'error',
    description: 'A part of the stack could not be fetched, started or reached.',
    whatToDo: 'Read the message for which part and why, remove the cause, then run the command again.',
  },
  stack_already_running: {
    disposition: 'unreachable',
    severity: 'warning',
    description: 'A stack is already up in this folder.',
    whatToDo: 'Use it (.rowbridge/stack.json names everything), or stop it with Ctrl-C where it runs.',
    exitCode: 1,
  },
  control_store_unavailable: {
    disposition: 'unreachable',
    severity: 'critical',
    description: 'The database that holds runs, the dead letter index and the audit log does not answer.',
    whatToDo:
      'Check the address of the control store, its disk and its privileges; rows keep crossing meanwhile.',
  },
  replay_unanswered: {
    disposition: 'unreachable',
    severity: 'warning',
    description: 'The direction does not answer for the dead letters it was sent.',
    whatToDo:
      'See that its service runs and is not paused; what it takes later still counts. Replaying again is harmless.',
  },
  replay_interrupted: {
    disposition: 'unreachable',
    severity: 'warning',
    description: 'The control API ended while it was sending dead letters to be replayed.',
    whatToDo:
      'Begin another replay for those that are still open; what was applied already is found out as such. Answers to what was sent count all the same.',
  },
  prerequisite_missing: {
    disposition: 'unreachable',
    severity: 'error',
    description: 'A program that must be installed by hand is missing or too old.',
    whatToDo: 'Install what the message names, then run the command again.',
  },
} as const satisfies Record<string, ErrorEntry>;
