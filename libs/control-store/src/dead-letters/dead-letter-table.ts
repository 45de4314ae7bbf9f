import type { StoreDatabase } from '../store-database.js';
import type { DeadLetterIndex, DeadLetterStatus } from './dead-letter-index.js';
import { toDeadLetterEntry } from './dead-letter-row.js';
import { enterLetters, readNextOffsets, readPosition, rewindPartition } from './enter-letters.js';
import { readRowsBy } from './letter-rows.js';
import { listInSourceOrder } from './letters-in-source-order.js';
import { listLetters } from './list-letters.js';
import { settleLetters } from './settle-letters.js';

export function createDeadLetterIndex(database: StoreDatabase): DeadLetterIndex {
  const getMany: DeadLetterIndex['getMany'] = (ids) =>
    database.run('reading dead letters', async (connection) => {
      const rows = await readRowsBy(connection, { column: 'id', values: ids });
      return rows.map(toDeadLetterEntry);
    });
  return {
    enter: (batch) => enterLetters(database, batch),
    nextOffsets: (topic) =>
      database.run('reading how far dead letters are entered', (connection) =>
        readNextOffsets(connection, topic),
      ),
    position: (topic, partition) =>
      database.run('reading how far a partition is entered', (connection) =>
        readPosition(connection, topic, partition),
      ),
    rewind: (topic, partition) => rewindPartition(database, topic, partition),
    get: async (id) => (await getMany([id]))[0] ?? null,
    getMany,
    list: (query) => database.run('listing dead letters', (connection) => listLetters(connection, query)),
    counts: () =>
      database.run('counting dead letters', async (connection) => {
        const rows = await connection
          .selectFrom('dead_letter_counts')
          .selectAll()
          .where('letters', '>', 0)
          .orderBy('direction')
          .orderBy('entity')
          .orderBy('error_code')
          .orderBy('status')
          .execute();
        return rows.map(({ direction, entity, error_code, status, letters }) => ({
          direction,
          table: entity,
          errorCode: error_code,
          status: status as DeadLetterStatus,
          letters,
        }));
      }),
    inSourceOrder: (query) =>
      database.run('listing dead letters in source order', (connection) =>
        listInSourceOrder(connection, query),
      ),
    settle: (settlements, expected) => settleLetters(database, settlements, expected),
  };
}
