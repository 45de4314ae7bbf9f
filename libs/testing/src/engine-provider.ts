import type {
  DatabaseEndpoint,
  MysqlFlavor,
  PostgresVersion,
  RunningStack,
  StackOptions,
} from '@rowbridge/embedded-stack';
import { createEmbeddedProvider } from './embedded-provider.js';
import { createTestcontainersProvider } from './testcontainers-provider.js';

/** Environment variable that chooses the provider: `embedded` (default) or `testcontainers`. */
export const providerVariable = 'ROWBRIDGE_TEST_ENGINES';

/**
 * Where tests get real engines from. Each engine is started at the first call and shared by later ones; all end with
 * `stop()`, and also when the process ends without it.
 */
export interface EngineProvider {
  readonly name: 'embedded' | 'testcontainers';
  /** Why no engine can be had here; undefined when they can. */
  unavailableBecause(): Promise<string | undefined>;
  /** PostgreSQL, 18 unless told, with logical replication and commit timestamps on. */
  postgres(options?: { version?: PostgresVersion }): Promise<DatabaseEndpoint>;
  /** MariaDB unless told, with full row images in its binary log. */
  mysql(options?: { flavor?: MysqlFlavor }): Promise<DatabaseEndpoint>;
  /** Kafka and what is asked for beside it, in a stack of its own that the caller stops; absent where not offered. */
  kafkaStack?(options?: Partial<Omit<StackOptions, 'ports'>>): Promise<RunningStack>;
  stop(): Promise<void>;
}

/** @throws Error when ROWBRIDGE_TEST_ENGINES names neither provider */
export function createEngineProvider(
  environment: Readonly<Record<string, string | undefined>> = process.env,
): EngineProvider {
  const wanted = environment[providerVariable] ?? 'embedded';
  switch (wanted) {
    case '':
    case 'embedded':
      return createEmbeddedProvider();
    case 'testcontainers':
      return createTestcontainersProvider();
    default:
      throw new Error(`${providerVariable} is "${wanted}"; it may be embedded or testcontainers.`);
  }
}
