import type { ErrorEntry } from './error-entry.js';

/** Why a sync run ended as failed, besides a connector or Kafka Connect that cannot be had. */
export const syncRunFaults = {
  sync_run_not_started: {
    disposition: 'fail_run',
    severity: 'error',
    description: 'A connector was asked for a snapshot and has not begun it.',
    whatToDo:
      'Check that the connector reads its signal topic (signal.enabled.channels, signal.kafka.topic) and reports (notification.enabled.channels), then trigger the run again.',
  },
  sync_run_stalled: {
    disposition: 'fail_run',
    severity: 'error',
    description: 'A sync run has made no progress for too long.',
    whatToDo:
      'See whether the connector still reads and the direction still applies (paused, stopped, waiting for its target), then trigger the run again.',
  },
  sync_snapshot_incomplete: {
    disposition: 'fail_run',
    severity: 'error',
    description: 'A connector ended a snapshot without having read all of it.',
    whatToDo:
      "Read the connector's log for the table the message names (a missing right, a changed table), then trigger the run again.",
  },
} as const satisfies Record<string, ErrorEntry>;
