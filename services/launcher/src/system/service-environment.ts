import type { RunningStack } from '@rowbridge/embedded-stack';
import type { Account, Accounts } from './accounts.js';
import type { PairDatabase, PairDatabases } from './pair-databases.js';

type Environment = Readonly<Record<string, string | undefined>>;

/** Only what a service needs: it must run the same wherever it is started. */
const passedOn = ['PATH', 'HOME', 'TZ', 'LANG', 'NODE_EXTRA_CA_CERTS'];

/**
 * What a service is given of the launcher's own environment.
 * @param heapOptions options of Node; whoever starts the system can give the services more, since a later option wins
 */
export function passedOnEnvironment(environment: Environment, heapOptions: string): Environment {
  return {
    ...Object.fromEntries(passedOn.map((name) => [name, environment[name]])),
    NODE_OPTIONS: `${heapOptions} ${environment['NODE_OPTIONS'] ?? ''}`.trim(),
    LOG_LEVEL: environment['LOG_LEVEL'] ?? 'info',
  };
}

export interface ConnectionParts {
  readonly stack: RunningStack;
  readonly databases: PairDatabases;
  readonly accounts: Accounts;
}

/** Where Kafka, Kafka Connect, the registry and both databases are, with the sync users. */
export function connectionEnvironment({ stack, databases, accounts }: ConnectionParts): Environment {
  return {
    ...databaseEnvironment('DB_LEGACY', { ...databases.legacy, engine: 'postgres' }, accounts.legacy.sync),
    ...databaseEnvironment(
      'DB_REVAMP',
      { ...databases.revamp, engine: databases.engine },
      accounts.revamp.sync,
    ),
    KAFKA_BROKERS: stack.kafka.brokers.join(','),
    SCHEMA_REGISTRY_URL: stack.schemaRegistry.confluentUrl,
    CONNECT_URL: stack.connect.url,
  };
}

function databaseEnvironment(
  prefix: string,
  database: Omit<PairDatabase, 'engine'> & { readonly engine: string },
  account: Account,
): Record<string, string> {
  return {
    [`${prefix}_ENGINE`]: database.engine,
    [`${prefix}_HOST`]: database.host,
    [`${prefix}_PORT`]: String(database.port),
    [`${prefix}_DATABASE`]: database.database,
    [`${prefix}_USER`]: account.name,
    [`${prefix}_PASSWORD`]: account.password,
  };
}
