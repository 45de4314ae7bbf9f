import { legacyCapture, revampCapture } from '@rowbridge/connectors';
import { provisionMysql, provisionPostgres } from '@rowbridge/database-access';

/**
 * Tables, the `rowbridge` schema, and users with no more rights than their work needs, in both databases.
 * @param {ReturnType<import('./settings.mjs').readSettings>} settings
 */
export async function makeDatabases({ legacy, revamp }) {
  await provisionPostgres({
    adminUrl: adminUrl('postgres', legacy, 'postgres'),
    database: legacy.database,
    schema: legacyCapture.schema,
    tables: legacyCapture.tables,
    schemaFolders: ['legacy/postgres'],
    publication: legacyCapture.publication,
    ...users(legacy),
  });
  await provisionMysql({
    adminUrl: adminUrl('mysql', revamp, 'mysql'),
    database: revamp.database,
    tables: revampCapture.tables,
    schemaFolders: ['revamp/{engine}'],
    ...users(revamp),
  });
}

function users({ accounts }) {
  return { captureUser: accounts.capture, syncUser: accounts.sync, applicationUser: accounts.application };
}

function adminUrl(scheme, { host, port, adminUser, adminPassword }, database) {
  return `${scheme}://${adminUser}:${encodeURIComponent(adminPassword)}@${host}:${port}/${database}`;
}
