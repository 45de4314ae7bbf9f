import { postgresFailure, readSchemaFiles, runOnPostgres } from '@rowbridge/database-access';
import type { PostgresConnection } from '@rowbridge/database-access';

/** Any number, the same for all who migrate. */
const migrationLock = 7_462_936_112;

/**
 * Brings the `rowbridge` schema up to date: runs `schemas/rowbridge/postgres` in order, in one transaction, one
 * migrating session at a time. Running it again changes nothing.
 * @param connection of a user who may create the schema, or owns it
 * @throws RowbridgeError as the server raises it
 */
export async function migratePostgres(connection: PostgresConnection): Promise<void> {
  const run = runOnPostgres(connection);
  const operation = 'migrate';
  await run({ text: 'begin', operation });
  try {
    await run({ text: `select pg_catalog.pg_advisory_xact_lock(${migrationLock})`, operation });
    for (const file of await readSchemaFiles('rowbridge/postgres')) {
      await connection.query(file.sql).catch((error: unknown) => {
        throw postgresFailure(error, { operation: `migrate ${file.name}` });
      });
    }
    await run({ text: 'commit', operation });
  } catch (error) {
    await run({ text: 'rollback', operation });
    throw error;
  }
}
