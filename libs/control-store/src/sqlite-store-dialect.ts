import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { CompiledQuery, SqliteAdapter, SqliteDialect, SqliteDriver } from 'kysely';
import type {
  DatabaseConnection,
  DialectAdapter,
  Driver,
  SqliteDatabase,
  SqliteDialectConfig,
  SqliteStatement,
} from 'kysely';
import Database from 'libsql';

/**
 * SQLite whose transactions take the write lock as they begin: one that read first and then wrote would fail at once
 * whenever another process had written in between.
 */
export class SqliteStoreDialect extends SqliteDialect {
  constructor(private readonly config: SqliteDialectConfig) {
    super(config);
  }

  override createDriver(): Driver {
    return new ImmediateSqliteDriver(this.config);
  }

  override createAdapter(): DialectAdapter {
    return new TransactionalSqliteAdapter();
  }
}

/** SQLite's DDL is transactional: a migration is done by one of several processes, and whole. */
class TransactionalSqliteAdapter extends SqliteAdapter {
  override get supportsTransactionalDdl(): boolean {
    return true;
  }
}

class ImmediateSqliteDriver extends SqliteDriver {
  override async beginTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw('begin immediate'));
  }
}

/**
 * A statement that finds the file locked fails at once: waiting inside SQLite would stop the whole process, the holder
 * of the lock included where it is another connection of the same. StoreDatabase waits outside.
 */
const busyTimeoutMs = 0;

/**
 * Opens a file, with its folders, or `:memory:`. Commits survive the end of the process; those of the last moments
 * may not survive a power cut.
 * @throws Error when the file cannot be opened
 */
export function openSqliteDialect(file: string): SqliteStoreDialect {
  if (file !== ':memory:') mkdirSync(dirname(file), { recursive: true });
  const database = new Database(file);
  for (const setting of ['journal_mode = wal', 'synchronous = normal', `busy_timeout = ${busyTimeoutMs}`]) {
    database.pragma(setting);
  }
  return new SqliteStoreDialect({ database: asKyselyDatabase(database) });
}

const transactionControl: ReadonlySet<string> = new Set(['begin immediate', 'commit', 'rollback']);

/**
 * The driver leaves a prepared statement that found the file locked unfinished, and no transaction commits while one
 * is: so only `begin immediate` may ever find the lock, and it is executed without being prepared. Writes outside a
 * transaction are given one.
 */
function asKyselyDatabase(database: Database.Database): SqliteDatabase {
  return {
    close: () => {
      database.close();
    },
    prepare: (statement) => {
      if (transactionControl.has(statement)) return controlStatement(database, statement);
      const prepared = database.prepare(statement);
      const run = (parameters: readonly unknown[]): Database.RunResult => prepared.run([...parameters]);
      return {
        reader: prepared.reader,
        all: (parameters) => prepared.all([...parameters]),
        run: (parameters) =>
          database.inTransaction ? run(parameters) : inTransaction(database, () => run(parameters)),
        iterate: (parameters) => prepared.iterate([...parameters]),
      };
    },
  };
}

function controlStatement(database: Database.Database, statement: string): SqliteStatement {
  return {
    reader: false,
    all: () => [],
    run: () => {
      database.exec(statement);
      return { changes: 0, lastInsertRowid: 0 };
    },
    iterate: () => [][Symbol.iterator](),
  };
}

function inTransaction<Result>(database: Database.Database, write: () => Result): Result {
  database.exec('begin immediate');
  try {
    const result = write();
    database.exec('commit');
    return result;
  } catch (error) {
    if (database.inTransaction) database.exec('rollback');
    throw error;
  }
}
