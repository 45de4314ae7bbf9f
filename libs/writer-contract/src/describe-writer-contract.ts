import type { ContractHarness, CreateContractHarness, HarnessInUse } from './contract-harness.js';
import { describeIdentities } from './identity-contract.js';
import { describeKeyRegister } from './key-contract.js';
import { describeClaims, describeFence, describeLedgerMaintenance } from './ledger-contract.js';
import { describeConflictsAndDrift, describeLooks } from './look-contract.js';
import { describeReads, describeHolders, describeInserts } from './row-contract.js';
import { describeRemovals, describeUpdates } from './row-change-contract.js';
import { describeTransactions } from './transaction-contract.js';
import { describeExactValues, describeRefusedValues } from './value-contract.js';

/**
 * The behaviour every row writer has, on a real database. Titles name the invariants of ARCHITECTURE.md they hold.
 * @param name the engine, as the suite's title shows it
 */
export function describeWriterContract(name: string, createHarness: CreateContractHarness): void {
  describe(`the writer contract on ${name}`, () => {
    let harness: ContractHarness | null = null;
    beforeAll(async () => {
      harness = await createHarness();
    });
    afterAll(async () => {
      await harness?.close();
    });
    const inUse: HarnessInUse = () => {
      if (!harness) throw new Error('the harness was not made');
      return harness;
    };
    for (const describePart of parts) describePart(inUse);
  });
}

const parts: readonly ((inUse: HarnessInUse) => void)[] = [
  describeTransactions,
  describeFence,
  describeClaims,
  describeKeyRegister,
  describeIdentities,
  describeReads,
  describeHolders,
  describeInserts,
  describeUpdates,
  describeRemovals,
  describeExactValues,
  describeRefusedValues,
  describeLooks,
  describeConflictsAndDrift,
  describeLedgerMaintenance,
];
