export { StackError, type StackExitCode } from './stack-error.js';
export {
  createProgressReporter,
  formatProgress,
  type ProgressEvent,
  type ProgressListener,
  type ProgressStream,
} from './progress.js';
export {
  allStackComponents,
  type ComponentExit,
  type ComponentRestart,
  type DatabaseEndpoint,
  type MysqlFlavor,
  type PostgresVersion,
  type RunningStack,
  type SchemaRegistryEndpoint,
  type StackComponent,
  type StackEvents,
  type StackOptions,
} from './stack-types.js';
export { GuardedProcess, type LaunchSpecification, type ProcessEnd } from './processes/guarded-process.js';
export { debianPackageUnavailableBecause, fetchDebianPackage } from './artifacts/debian-packages.js';
export { keptSecrets, type KeptSecrets } from './kept-secrets.js';
export { fetchKubernetesTypes } from './kubernetes-types.js';
export { mysql8UnavailableBecause } from './mysql8-availability.js';
export { startStack } from './start-stack.js';
export { readStackFile, removeStackFile, writeStackFile, type StackFileLocation } from './stack-file.js';
export {
  requireJava,
  requireMaven,
  requireNode,
  requirePlatform,
  type JavaInstallation,
} from './prerequisites.js';
export { PortChooser } from './ports.js';
