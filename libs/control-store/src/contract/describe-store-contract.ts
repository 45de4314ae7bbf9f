import { describeAuditContract } from './audit-contract.js';
import { describeDeadLetterContract } from './dead-letter-contract.js';
import { describeReplayContract } from './replay-contract.js';
import { describeRunContract } from './run-contract.js';
import { describeStateContract } from './state-contract.js';
import type { StoreHarness } from './store-harness.js';

/** What every engine's store must do; one suite, so that they cannot drift apart. */
export function describeStoreContract(harness: StoreHarness): void {
  describeStateContract(harness);
  describeRunContract(harness);
  describeAuditContract(harness);
  describeDeadLetterContract(harness);
  describeReplayContract(harness);
}
