import type { Kysely, Migration } from 'kysely';
import type { StoreEngine } from '../store-engine.js';
import { TableMaker } from './table-maker.js';

/** The four tables and the counts kept beside the dead letters, with every index their lists page along. */
export function createControlTables(engine: StoreEngine): Migration {
  return {
    async up(database: Kysely<unknown>) {
      const maker = new TableMaker(database, engine);
      await createState(maker);
      await createHistory(maker);
      await createAudit(maker);
      await createDeadLetters(maker);
    },
  };
}

async function createState(maker: TableMaker): Promise<void> {
  await maker
    .table('sync_state')
    .addColumn('name', 'varchar(250)', (column) => column.primaryKey())
    .addColumn('content', maker.longText, (column) => column.notNull())
    .addColumn('version', 'integer', (column) => column.notNull())
    .addColumn('changed_at_ms', 'bigint', (column) => column.notNull())
    .execute();
}

async function createHistory(maker: TableMaker): Promise<void> {
  await maker
    .table('sync_history')
    .addColumn('id', maker.id(36), (column) => column.primaryKey())
    .addColumn('system_name', 'varchar(100)', (column) => column.notNull())
    .addColumn('running_slot', 'varchar(100)')
    .addColumn('status', 'varchar(20)', (column) => column.notNull())
    .addColumn('started_by', 'varchar(20)', (column) => column.notNull())
    .addColumn('actor', 'varchar(200)', (column) => column.notNull())
    .addColumn('directions', maker.longText, (column) => column.notNull())
    .addColumn('tables', maker.longText, (column) => column.notNull())
    .addColumn('key_filter', maker.longText)
    .addColumn('resets', 'integer', (column) => column.notNull())
    .addColumn('progress', maker.longText, (column) => column.notNull())
    .addColumn('signals', maker.longText, (column) => column.notNull())
    .addColumn('conflicts', 'bigint', (column) => column.notNull())
    .addColumn('error', maker.longText)
    .addColumn('started_at_ms', 'bigint', (column) => column.notNull())
    .addColumn('updated_at_ms', 'bigint', (column) => column.notNull())
    .addColumn('ended_at_ms', 'bigint')
    .addUniqueConstraint('sync_history_running', ['running_slot'])
    .execute();
  await maker.index('sync_history', 'sync_history_by_status', ['status', 'id']);
}

async function createAudit(maker: TableMaker): Promise<void> {
  await maker
    .table('audit_log')
    .addColumn('id', maker.id(36), (column) => column.primaryKey())
    .addColumn('at_ms', 'bigint', (column) => column.notNull())
    .addColumn('actor', 'varchar(200)', (column) => column.notNull())
    .addColumn('action', 'varchar(100)', (column) => column.notNull())
    .addColumn('target', 'varchar(250)', (column) => column.notNull())
    .addColumn('before_change', maker.longText)
    .addColumn('after_change', maker.longText)
    .addColumn('result', 'varchar(100)', (column) => column.notNull())
    .addColumn('trace_id', 'varchar(100)')
    .execute();
  await maker.index('audit_log', 'audit_log_by_actor', ['actor', 'id']);
  await maker.index('audit_log', 'audit_log_by_action', ['action', 'id']);
  await maker.index('audit_log', 'audit_log_by_target', ['target', 'id']);
}

async function createDeadLetters(maker: TableMaker): Promise<void> {
  await maker
    .table('dead_letters')
    .addColumn('id', maker.id(40), (column) => column.primaryKey())
    .addColumn('status', 'varchar(20)', (column) => column.notNull())
    .addColumn('direction', 'varchar(100)', (column) => column.notNull())
    .addColumn('entity', 'varchar(250)', (column) => column.notNull())
    .addColumn('error_code', 'varchar(64)', (column) => column.notNull())
    .addColumn('stage', 'varchar(64)', (column) => column.notNull())
    .addColumn('message', maker.longText, (column) => column.notNull())
    .addColumn('attempts', 'integer', (column) => column.notNull())
    .addColumn('event_key', 'varchar(64)', (column) => column.notNull())
    .addColumn('event_id', 'varchar(64)')
    .addColumn('key_digest', 'varchar(64)')
    .addColumn('printable_key', maker.longText)
    .addColumn('first_failed_at_ms', 'bigint', (column) => column.notNull())
    .addColumn('last_failed_at_ms', 'bigint', (column) => column.notNull())
    .addColumn('occurrences', 'integer', (column) => column.notNull())
    .addColumn('source_topic', 'varchar(250)', (column) => column.notNull())
    .addColumn('source_partition', 'integer', (column) => column.notNull())
    .addColumn('source_offset', 'bigint', (column) => column.notNull())
    .addColumn('queue_partition', 'integer', (column) => column.notNull())
    .addColumn('queue_offset', 'bigint', (column) => column.notNull())
    .addColumn('size_bytes', 'bigint', (column) => column.notNull())
    .addColumn('has_body', 'integer', (column) => column.notNull())
    .addColumn('trace_id', 'varchar(100)')
    .addColumn('settled_at_ms', 'bigint')
    .addColumn('settled_by', 'varchar(200)')
    .addColumn('outcome', 'varchar(64)')
    .addColumn('reason', maker.longText)
    .addColumn('request_id', 'varchar(64)')
    .addUniqueConstraint('dead_letters_event', ['event_key', 'direction'])
    .execute();
  await maker
    .table('dead_letter_counts')
    .addColumn('direction', 'varchar(100)', (column) => column.notNull())
    .addColumn('entity', 'varchar(250)', (column) => column.notNull())
    .addColumn('error_code', 'varchar(64)', (column) => column.notNull())
    .addColumn('status', 'varchar(20)', (column) => column.notNull())
    .addColumn('letters', 'bigint', (column) => column.notNull())
    .addPrimaryKeyConstraint('dead_letter_counts_key', ['direction', 'entity', 'error_code', 'status'])
    .execute();
  const newestFirst = ['first_failed_at_ms', 'id'];
  await maker.index('dead_letters', 'dead_letters_by_time', newestFirst);
  await maker.index('dead_letters', 'dead_letters_by_status', ['status', ...newestFirst]);
  await maker.index('dead_letters', 'dead_letters_by_kind', [
    'direction',
    'entity',
    'error_code',
    'status',
    ...newestFirst,
  ]);
  await maker.index('dead_letters', 'dead_letters_by_key', ['key_digest', ...newestFirst]);
  await maker.index('dead_letters', 'dead_letters_by_source', [
    'source_topic',
    'source_partition',
    'source_offset',
    'id',
  ]);
}
