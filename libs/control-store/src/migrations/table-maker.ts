import { sql } from 'kysely';
import type { CreateTableBuilder, Kysely } from 'kysely';
import type { StoreEngine } from '../store-engine.js';

/** Leaves alone what exists: MySQL keeps the first tables of a migration that was cut short. */
export class TableMaker {
  constructor(
    private readonly database: Kysely<unknown>,
    private readonly engine: StoreEngine,
  ) {}

  /** JSON and messages: MySQL's `text` ends at 64 KB. */
  get longText(): ReturnType<typeof sql> | 'text' {
    return this.engine === 'mysql' ? sql`longtext` : 'text';
  }

  /** Ids sort byte for byte everywhere, as they do in code. */
  id(length: number): ReturnType<typeof sql> {
    return sql.raw(`varchar(${length})${this.engine === 'postgres' ? ' collate "C"' : ''}`);
  }

  /** Texts are told apart byte for byte on MySQL too. */
  table(name: string): CreateTableBuilder<string> {
    const builder = this.database.schema.createTable(name).ifNotExists();
    return this.engine === 'mysql'
      ? builder.modifyEnd(sql`engine = InnoDB default charset = utf8mb4 collate = utf8mb4_bin`)
      : builder;
  }

  async index(table: string, name: string, columns: readonly string[]): Promise<void> {
    const builder = this.database.schema
      .createIndex(name)
      .on(table)
      .columns([...columns]);
    if (this.engine !== 'mysql') return builder.ifNotExists().execute();
    try {
      await builder.execute();
    } catch (error) {
      if ((error as { readonly code?: unknown }).code !== 'ER_DUP_KEYNAME') throw error;
    }
  }

  async dropIndex(table: string, name: string): Promise<void> {
    const builder = this.database.schema.dropIndex(name);
    if (this.engine !== 'mysql') return builder.ifExists().execute();
    try {
      await builder.on(table).execute();
    } catch (error) {
      if ((error as { readonly code?: unknown }).code !== 'ER_CANT_DROP_FIELD_OR_KEY') throw error;
    }
  }
}
