import type { ErrorEntry } from './error-entry.js';

/** Faults of the system around a record: nothing is dead-lettered, work waits until they pass. */
export const systemFaults = {
  connection_lost: {
    disposition: 'pause_partition',
    severity: 'warning',
    description: 'The connection to a database was refused, reset, timed out or closed.',
    whatToDo:
      'Check that the database runs and can be reached from this host and port; work resumes by itself.',
  },
  certificate_refused: {
    disposition: 'pause_partition',
    severity: 'critical',
    description:
      'A server could not be verified: its TLS certificate has an unknown issuer, another name or expired, or it speaks no TLS.',
    whatToDo:
      "Renew the server's certificate, or set tls.caFile to the authority that signed it and tls.serverName to the name it carries; verification is never switched off.",
  },
  deadlock: {
    disposition: 'pause_partition',
    severity: 'info',
    description: 'The database chose our transaction as the victim of a deadlock.',
    whatToDo:
      'Nothing: the batch is tried again. When it is frequent, look for applications locking rows in another order.',
  },
  serialization_failure: {
    disposition: 'pause_partition',
    severity: 'info',
    description: 'The transaction could not be serialized with others.',
    whatToDo: 'Nothing: the batch is tried again.',
  },
  lock_timeout: {
    disposition: 'pause_partition',
    severity: 'warning',
    description: 'A row or table stayed locked by another session for longer than the lock time limit.',
    whatToDo:
      'Find the session that holds the lock (pg_locks, or performance_schema.data_locks) and end it if it is idle.',
  },
  statement_timeout: {
    disposition: 'pause_partition',
    severity: 'warning',
    description: 'A statement ran longer than its time limit or was cancelled.',
    whatToDo:
      'Check the load of the database and the indexes of the table; lower batch.maxRows if batches are too large.',
  },
  statement_plan_stale: {
    disposition: 'pause_partition',
    severity: 'info',
    description: 'A prepared statement no longer fits its table, because the table was altered.',
    whatToDo: 'Nothing: the statement is prepared again on a new connection.',
  },
  shutting_down: {
    disposition: 'pause_partition',
    severity: 'warning',
    description: 'The database server is shutting down or starting up.',
    whatToDo: 'Wait for it to come up; work resumes by itself.',
  },
  disk_full: {
    disposition: 'pause_partition',
    severity: 'critical',
    description: 'The database server has no space left.',
    whatToDo: 'Free or add space on the database server; work resumes by itself.',
  },
  read_only: {
    disposition: 'pause_partition',
    severity: 'error',
    description: 'The database refuses writes: it is a replica, or was set read-only.',
    whatToDo: 'Point the direction at the primary, or make the server writable again.',
  },
  too_many_connections: {
    disposition: 'pause_partition',
    severity: 'error',
    description: 'The database has no connection left for us.',
    whatToDo: 'Raise the limit of the server or of the user, or lower pools.maxOpen.',
  },
  server_out_of_resources: {
    disposition: 'pause_partition',
    severity: 'error',
    description: 'The database server is out of memory or of another resource.',
    whatToDo: 'Check the memory and limits of the database server; work resumes by itself.',
  },
  server_fault: {
    disposition: 'pause_partition',
    severity: 'critical',
    description: 'The database server reports a fault of its own, such as an input/output error.',
    whatToDo: "Read the database server's log.",
  },
  origin_busy: {
    disposition: 'pause_partition',
    severity: 'warning',
    description:
      'No replication origin is free: another session holds it, or the server has no slot left for one.',
    whatToDo:
      'End the session that holds it, or raise max_active_replication_origins (max_replication_slots before PostgreSQL 18).',
  },
  registry_unreachable: {
    disposition: 'pause_partition',
    severity: 'error',
    description:
      'The schema registry does not answer, or answers with an error that says nothing about the schema.',
    whatToDo:
      'Check that the schema registry runs and that schemaRegistry.url is right; work resumes by itself.',
  },
  kafka_unreachable: {
    disposition: 'pause_partition',
    severity: 'error',
    description: 'No Kafka broker can be reached.',
    whatToDo: 'Check that the brokers run and that kafka.brokers is right; work resumes by itself.',
  },
  kafka_refused: {
    disposition: 'pause_partition',
    severity: 'error',
    description: 'A Kafka broker answers, and refuses what was asked of it.',
    whatToDo:
      'Read what the broker says: give the user the right it names, or change the setting it names; work resumes by itself.',
  },
  connect_unreachable: {
    disposition: 'pause_partition',
    severity: 'error',
    description: 'Kafka Connect does not answer.',
    whatToDo:
      'Check that Kafka Connect runs and that connect.url is right; changes wait in the source database meanwhile.',
  },
  connector_failed: {
    disposition: 'pause_partition',
    severity: 'critical',
    description: 'A connector or one of its tasks has failed: no changes arrive from its database.',
    whatToDo:
      "Read the task's trace in Kafka Connect's status, remove its cause, then restart the connector.",
  },
} as const satisfies Record<string, ErrorEntry>;
