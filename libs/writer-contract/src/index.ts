export { contractDirection, contractPlan } from './contract-pair.js';
export type { ContractHarness, ContractTarget, CreateContractHarness } from './contract-harness.js';
export { describeWriterContract } from './describe-writer-contract.js';
