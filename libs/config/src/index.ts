export { configurationKeys, type ConfigurationKey } from './configuration-keys.js';
export type { ApiToken, TokenScope } from './api-tokens.js';
export { databaseConnectionSchema, type DatabaseConnection } from './connection-schemas.js';
export {
  connectorsConfigurationSchema,
  connectorsEnvironmentNames,
  type ConnectorsConfiguration,
} from './connectors-configuration.js';
export {
  controlApiConfigurationSchema,
  controlApiEnvironmentNames,
  type ControlApiConfiguration,
} from './control-api-configuration.js';
export {
  directionConfigurationSchema,
  directionEnvironmentNames,
  type DirectionConfiguration,
} from './direction-configuration.js';
export type { EnvironmentNames } from './environment-overrides.js';
export { explainConfiguration, maskedSecret, type ExplainedKey } from './explain-configuration.js';
export type { Environment } from './interpolate.js';
export { loadConfiguration, type ConfigurationSources } from './load-configuration.js';
export { withRuntimeSettings } from './runtime-settings.js';
export { Secret, secret } from './secret.js';
