import { sql } from 'kysely';
import { startsWithPattern } from '../like-pattern.js';
import { lockState, readState, writeState } from '../state-value-table.js';
import type { StoreConnection, StoreDatabase } from '../store-database.js';
import type { StoreEngine } from '../store-engine.js';
import type { DeadLetterRow } from '../store-tables.js';
import { CountChanges } from './dead-letter-counts.js';
import type { EnteredPosition, IndexBatch, IndexedRecord } from './dead-letter-index.js';
import { joinedDeadLetterRow, newDeadLetterRow } from './dead-letter-row.js';
import { readRowsBy, replaceRow } from './letter-rows.js';

/** Rows an insert holds: 28 values each stay below SQLite's 32,766 and PostgreSQL's 65,535 parameters. */
const rowsPerInsert = 500;

const nextOffsetPrefix = 'dead-letters.next-offset/';

/** Enters a batch and its next offset in one transaction. */
export function enterLetters(
  database: StoreDatabase,
  batch: IndexBatch,
): Promise<{ added: number; joined: number }> {
  return database.transact('entering dead letters', async (transaction) => {
    const name = nextOffsetName(batch.topic, batch.partition);
    const version = await lockState(transaction, { engine: database.engine, name });
    const { nextOffset } = await storedPosition(transaction, name);
    const records = batch.records.filter(({ queue }) => queue.offset >= nextOffset);
    const counts = new CountChanges();
    const entered = await enterRecords({ transaction, engine: database.engine, counts }, records);
    await counts.write(transaction, database.engine);
    if (batch.nextOffset > nextOffset) {
      await writeState(transaction, name, {
        content: { nextOffset: batch.nextOffset, mark: batch.mark ?? null } satisfies EnteredPosition,
        version: version + 1,
        changedAtMs: Date.now(),
      });
    }
    return entered;
  });
}

interface Entering {
  readonly transaction: StoreConnection;
  readonly engine: StoreEngine;
  readonly counts: CountChanges;
}

async function enterRecords(
  entering: Entering,
  records: readonly IndexedRecord[],
): Promise<{ added: number; joined: number }> {
  const { transaction, counts } = entering;
  const known = await knownRows(entering, records);
  const added = new Map<string, DeadLetterRow>();
  const joined = new Map<string, DeadLetterRow>();
  let joins = 0;
  for (const record of records) {
    const name = eventName(record.eventKey, record.direction);
    const newRow = added.get(name);
    const knownRow = joined.get(name) ?? known.get(name);
    if (newRow) added.set(name, joinedDeadLetterRow(newRow, record));
    else if (knownRow) joined.set(name, joinedDeadLetterRow(knownRow, record));
    else added.set(name, newDeadLetterRow(record));
    if (newRow || knownRow) joins += 1;
  }
  await removeNamesakes(entering, [...added.values()]);
  for (const row of added.values()) counts.add(row, 1);
  for (const [name, row] of joined) {
    const before = known.get(name);
    if (before) counts.add(before, -1);
    counts.add(row, 1);
    await replaceRow(transaction, row);
  }
  await insertRows(transaction, [...added.values()]);
  return { added: added.size, joined: joins };
}

async function knownRows(
  { transaction, engine }: Entering,
  records: readonly IndexedRecord[],
): Promise<ReadonlyMap<string, DeadLetterRow>> {
  const rows = await readRowsBy(transaction, {
    column: 'event_key',
    values: [...new Set(records.map(({ eventKey }) => eventKey))],
    lockFor: engine,
  });
  return new Map(rows.map((row) => [eventName(row.event_key, row.direction), row]));
}

function eventName(eventKey: string, direction: string): string {
  return `${direction}/${eventKey}`;
}

/** Entries of a queue that was deleted and created again: their ids name other records now. */
async function removeNamesakes(
  { transaction, engine, counts }: Entering,
  rows: readonly DeadLetterRow[],
): Promise<void> {
  const values = rows.map(({ id }) => id);
  const namesakes = await readRowsBy(transaction, { column: 'id', values, lockFor: engine });
  for (const row of namesakes) {
    counts.add(row, -1);
    await transaction.deleteFrom('dead_letters').where('id', '=', row.id).execute();
  }
}

async function insertRows(transaction: StoreConnection, rows: readonly DeadLetterRow[]): Promise<void> {
  for (let start = 0; start < rows.length; start += rowsPerInsert) {
    await transaction
      .insertInto('dead_letters')
      .values(rows.slice(start, start + rowsPerInsert))
      .execute();
  }
}

function nextOffsetName(topic: string, partition: number): string {
  return `${nextOffsetPrefix}${topic}/${partition}`;
}

async function storedPosition(connection: StoreConnection, name: string): Promise<EnteredPosition> {
  return toPosition((await readState(connection, name))?.content ?? 0);
}

/** Stores that were filled without marks hold the offset alone. */
function toPosition(content: unknown): EnteredPosition {
  return typeof content === 'number' ? { nextOffset: content, mark: null } : (content as EnteredPosition);
}

export function readPosition(
  connection: StoreConnection,
  topic: string,
  partition: number,
): Promise<EnteredPosition> {
  return storedPosition(connection, nextOffsetName(topic, partition));
}

/** By partition, where something was entered. */
export async function readNextOffsets(
  connection: StoreConnection,
  topic: string,
): Promise<ReadonlyMap<number, number>> {
  const prefix = `${nextOffsetPrefix}${topic}/`;
  const rows = await connection
    .selectFrom('sync_state')
    .select(['name', 'content'])
    .where(sql<boolean>`name like ${startsWithPattern(prefix)} escape '!'`)
    .where('version', '>', 0)
    .execute();
  return new Map(
    rows.map(({ name, content }) => [
      Number(name.slice(prefix.length)),
      toPosition(JSON.parse(content)).nextOffset,
    ]),
  );
}

/** The partition is entered from its beginning again. */
export function rewindPartition(database: StoreDatabase, topic: string, partition: number): Promise<void> {
  return database.run('rewinding the dead letter index', async (connection) => {
    await connection.deleteFrom('sync_state').where('name', '=', nextOffsetName(topic, partition)).execute();
  });
}
