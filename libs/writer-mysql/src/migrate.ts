import { mysqlFailure, readSchemaFiles, runOnMysql } from '@rowbridge/database-access';
import { createConnection } from 'mysql2/promise';

const migrationLock = 'rowbridge_migrate';

/**
 * Brings the `rowbridge` database up to date: runs `schemas/rowbridge/mysql` in order, one migrating session at a
 * time. Running it again changes nothing.
 * @param url of a user who may create the database, or has all rights on it; its files hold several statements, so a
 *   connection of its own takes them
 * @throws RowbridgeError as the server raises it
 */
export async function migrateMysql(url: string): Promise<void> {
  const connection = await createConnection({
    uri: url,
    multipleStatements: true,
    charset: 'UTF8MB4_BIN',
  }).catch((error: unknown) => {
    throw mysqlFailure(error, { operation: 'connect' });
  });
  try {
    await runOnMysql(connection)({
      text: 'do get_lock(?, 60)',
      values: [migrationLock],
      operation: 'migrate',
    });
    for (const file of await readSchemaFiles('rowbridge/mysql')) {
      await connection.query(file.sql).catch((error: unknown) => {
        throw mysqlFailure(error, { operation: `migrate ${file.name}` });
      });
    }
  } finally {
    connection.destroy();
  }
}
