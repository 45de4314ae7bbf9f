export {
  databaseConnectionSchema,
  directionConfigurationSchema,
  directionEnvironmentNames,
  type DatabaseConnection,
  type DirectionConfiguration,
} from './direction-configuration.js';
export type { EnvironmentNames } from './environment-overrides.js';
export type { Environment } from './interpolate.js';
export { loadConfiguration, type ConfigurationSources } from './load-configuration.js';
export { Secret, secret } from './secret.js';
