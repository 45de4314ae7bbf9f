import { legacyCapture, revampCapture } from '@rowbridge/connectors';
import {
  createMysqlPool,
  createPostgresPool,
  provisionMysql,
  provisionPostgres,
  urlOfDatabase,
  type MysqlPool,
  type PostgresPool,
} from '@rowbridge/database-access';
import type { DatabaseEndpoint, RunningStack } from '@rowbridge/embedded-stack';
import type { Account, Accounts } from './accounts.js';

/** Names of the databases that hold the demonstration tables. */
export const legacyDatabase = 'legacy_db';
export const revampDatabase = 'revamp_db';

/** Both databases of the demonstration, ready: tables, bookkeeping, users. */
export interface PairDatabases {
  readonly legacy: PairDatabase;
  readonly revamp: PairDatabase;
  readonly engine: 'mariadb' | 'mysql';
  /** An administrator's pools, for watching and comparing; the services and applications have users of their own. */
  readonly legacyPool: PostgresPool;
  readonly revampPool: MysqlPool;
  close(): Promise<void>;
}

export interface PairDatabase {
  readonly engine: DatabaseEndpoint['engine'];
  readonly version: string;
  readonly host: string;
  readonly port: number;
  readonly database: string;
  /** Complete url of the application's user. */
  readonly applicationUrl: string;
  /** Complete url of the administrator. */
  readonly adminUrl: string;
}

/**
 * Creates tables and users where they are missing; safe over the data of earlier runs.
 * @throws the driver's error as the server raises it
 */
export async function preparePairDatabases(stack: RunningStack, accounts: Accounts): Promise<PairDatabases> {
  const { postgres, mysql } = stack.databases;
  await Promise.all([
    provisionPostgres({
      adminUrl: postgres.url,
      database: legacyDatabase,
      schema: legacyCapture.schema,
      tables: legacyCapture.tables,
      schemaFolders: ['legacy/postgres'],
      publication: legacyCapture.publication,
      captureUser: accounts.legacy.capture,
      syncUser: accounts.legacy.sync,
      applicationUser: accounts.legacy.application,
    }),
    provisionMysql({
      adminUrl: mysql.url,
      database: revampDatabase,
      tables: revampCapture.tables,
      schemaFolders: ['revamp/{engine}'],
      captureUser: accounts.revamp.capture,
      syncUser: accounts.revamp.sync,
      applicationUser: accounts.revamp.application,
    }),
  ]);
  const legacy = describe(postgres, legacyDatabase, accounts.legacy.application);
  const revamp = describe(mysql, revampDatabase, accounts.revamp.application);
  const legacyPool = createPostgresPool({
    url: legacy.adminUrl,
    maxOpen: 4,
    applicationName: 'rowbridge-launcher',
  });
  const revampPool = createMysqlPool({
    url: revamp.adminUrl,
    maxOpen: 4,
    applicationName: 'rowbridge-launcher',
  });
  return {
    legacy,
    revamp,
    engine: mysql.engine === 'mariadb' ? 'mariadb' : 'mysql',
    legacyPool,
    revampPool,
    async close() {
      await Promise.all([legacyPool.end(), revampPool.end()]);
    },
  };
}

function describe(endpoint: DatabaseEndpoint, database: string, application: Account): PairDatabase {
  const { engine, version, host, port } = endpoint;
  const adminUrl = urlOfDatabase(endpoint.url, database);
  const applicationUrl = new URL(adminUrl);
  applicationUrl.username = encodeURIComponent(application.name);
  applicationUrl.password = encodeURIComponent(application.password);
  return { engine, version, host, port, database, adminUrl, applicationUrl: applicationUrl.toString() };
}
