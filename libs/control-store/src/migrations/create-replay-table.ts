import type { Kysely, Migration } from 'kysely';
import type { StoreEngine } from '../store-engine.js';
import { TableMaker } from './table-maker.js';

/** `dead_letter_replays`: so few rows that none of its lists needs an index. */
export function createReplayTable(engine: StoreEngine): Migration {
  return {
    async up(database: Kysely<unknown>) {
      const maker = new TableMaker(database, engine);
      await maker
        .table('dead_letter_replays')
        .addColumn('request_id', maker.id(36), (column) => column.primaryKey())
        .addColumn('state', 'varchar(20)', (column) => column.notNull())
        .addColumn('started_at_ms', 'bigint', (column) => column.notNull())
        .addColumn('version', 'integer', (column) => column.notNull())
        .addColumn('content', maker.longText, (column) => column.notNull())
        .addColumn('results', maker.longText, (column) => column.notNull())
        .execute();
    },
  };
}
