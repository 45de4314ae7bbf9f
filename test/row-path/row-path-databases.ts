import { randomBytes } from 'node:crypto';
import { createPostgresPool, readSchemaFiles } from '@rowbridge/database-access';
import type { PairDeclaration } from '@rowbridge/mapping';
import { legacyRevamp } from '@rowbridge/pair-legacy-revamp';
import type { TestDatabase } from '@rowbridge/testing';
import { migrateMysql } from '@rowbridge/writer-mysql';
import { migratePostgres } from '@rowbridge/writer-postgres';

/** Tables of both applications and the ledgers of both engines. */
export async function prepareDatabases(legacy: TestDatabase, revamp: TestDatabase): Promise<void> {
  const legacyPool = createPostgresPool({ url: legacy.url, maxOpen: 1 });
  const connection = await legacyPool.connect();
  try {
    await migratePostgres(connection);
  } finally {
    connection.release();
    await legacyPool.end();
  }
  await migrateMysql(revamp.url);
  for (const { sql } of await readSchemaFiles('legacy/postgres')) await legacy.run(sql);
  for (const { sql } of await readSchemaFiles('revamp/mariadb')) await revamp.run(sql);
}

/** MariaDB's `rowbridge` database is shared by all tests of a server, so each has directions and entities of its own. */
export function pairFor(revampSchema: string): PairDeclaration {
  const unique = randomBytes(4).toString('hex');
  const [first, second] = legacyRevamp.sides;
  const renamed = (side: typeof first, schema: string): typeof first => ({
    ...side,
    schema,
    writtenBy: { ...side.writtenBy, direction: `${side.writtenBy.direction}-${unique}` },
  });
  return {
    ...legacyRevamp,
    sides: [renamed(first, first.schema), renamed(second, revampSchema)],
    tables: legacyRevamp.tables.map((table) => ({
      ...table,
      entity: `${table.entity}-${unique}`,
      columns: table.columns.map((column) =>
        column.references === undefined
          ? column
          : { ...column, references: `${column.references}-${unique}` },
      ),
    })),
  };
}
