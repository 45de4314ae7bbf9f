import { randomBytes } from 'node:crypto';
import { createPostgresPool, readSchemaFiles } from '@rowbridge/database-access';
import type { PairDeclaration, TableDeclaration } from '@rowbridge/mapping';
import { legacyRevamp } from '@rowbridge/pair-legacy-revamp';
import type { TestDatabase } from '@rowbridge/testing';
import { migrateMysql } from '@rowbridge/writer-mysql';
import { migratePostgres } from '@rowbridge/writer-postgres';

const onBothSides = (name: string): { legacy: string; revamp: string } => ({ legacy: name, revamp: name });

/** What the pair itself has none of: a table whose key both sides share. */
const labels: TableDeclaration = {
  entity: 'labels',
  tables: onBothSides('labels'),
  sharedKey: [{ names: onBothSides('word'), type: 'text' }],
  columns: [
    { names: onBothSides('note'), type: 'text' },
    { names: onBothSides('edited_at'), type: 'instant' },
  ],
  conflictPolicy: { strategy: 'last_write_wins', timestampColumn: 'edited_at', prioritySide: 'legacy' },
  deleteVersusUpdate: 'update_wins',
  seededFrom: 'legacy',
};

/**
 * Tables of both applications and the ledgers of both engines.
 * @param labelCollation how the revamp's server compares the key of `labels`
 * @param revampSchema folder of what makes the revamp's tables
 */
export async function prepareDatabases(
  legacy: TestDatabase,
  revamp: TestDatabase,
  { labelCollation, revampSchema }: { labelCollation: string; revampSchema: string },
): Promise<void> {
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
  for (const { sql } of await readSchemaFiles(revampSchema)) await revamp.run(sql);
  await legacy.run('create table labels (word text primary key, note text, edited_at timestamptz)');
  await revamp.run(
    `create table labels (word varchar(60) collate ${labelCollation} primary key, note text,
       edited_at timestamp(6) null, own text, sync_source varchar(255))`,
  );
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
    tables: [...legacyRevamp.tables, labels].map((table) => ({
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
