import type { Kysely, Migration } from 'kysely';
import type { StoreEngine } from '../store-engine.js';
import { TableMaker } from './table-maker.js';

/** A replay reads the open letters of one table after the other, each in source order: one range of one index. */
export function indexSourceOrder(engine: StoreEngine): Migration {
  return {
    async up(database: Kysely<unknown>) {
      const maker = new TableMaker(database, engine);
      await maker.dropIndex('dead_letters', 'dead_letters_by_source');
      await maker.index('dead_letters', 'dead_letters_in_source_order', [
        'direction',
        'entity',
        'status',
        'source_topic',
        'source_partition',
        'source_offset',
        'id',
      ]);
    },
  };
}
