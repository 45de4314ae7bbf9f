import type { BatchEntry } from './batch-entry.js';

/** Changes the mapping cannot carry; `entries` of one refusal acted as one change. */
export interface Refusal {
  readonly entries: readonly BatchEntry[];
  readonly errorCode: string;
  readonly message: string;
}

/** Ends an attempt whose batch holds refused changes, so that they can be dead-lettered before anything passes them. */
export class RecordsRefused extends Error {
  constructor(readonly refusals: readonly Refusal[]) {
    super(`${refusals.length} changes of the batch cannot be carried over`);
    this.name = 'RecordsRefused';
  }
}
