export { describeWithKafka, type ProviderWithKafka } from './describe-with-kafka.js';
export { createEngineProvider, providerVariable, type EngineProvider } from './engine-provider.js';
export {
  describeWithEngines,
  enginesUnavailableBecause,
  sharedEngineUrl,
  startSharedEngines,
  stopSharedEngines,
  type SharedEngine,
} from './shared-engines.js';
export { createDatabase, type TestDatabase, type TestDatabaseOptions } from './test-database.js';
export { waitFor, type WaitOptions } from './wait-for.js';
