/**
 * What became of a record: exactly one per record, the label of `sync_events_total` and the word for it in the
 * control API.
 */
export const recordOutcomes = [
  'applied',
  'unchanged',
  'echo',
  'duplicate',
  'superseded',
  'deferred',
  'dead_lettered',
  'filtered',
] as const;

export type RecordOutcome = (typeof recordOutcomes)[number];
