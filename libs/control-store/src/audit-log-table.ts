import type { AuditEntry, AuditLog, AuditQuery, NewAuditEntry } from './audit-log.js';
import type { Page } from './control-store.js';
import { cutPage, idAfter, pageSize } from './page-cursor.js';
import type { SortableIdSource } from './sortable-id.js';
import type { StoreConnection, StoreDatabase } from './store-database.js';
import type { AuditLogRow } from './store-tables.js';

export interface AuditLogOptions {
  readonly database: StoreDatabase;
  readonly nextId: SortableIdSource;
  readonly now: () => number;
}

export function createAuditLog({ database, nextId, now }: AuditLogOptions): AuditLog {
  return {
    append: (entry) =>
      database.run('appending to the audit log', async (connection) => {
        const appended: AuditEntry = { ...entry, id: nextId(), atMs: now() };
        await connection.insertInto('audit_log').values(toRow(appended)).execute();
        return appended;
      }),
    list: (query) => database.run('listing the audit log', (connection) => listEntries(connection, query)),
  };
}

async function listEntries(connection: StoreConnection, query: AuditQuery): Promise<Page<AuditEntry>> {
  const limit = pageSize(query.limit);
  let select = connection.selectFrom('audit_log').selectAll();
  if (query.actor !== undefined) select = select.where('actor', '=', query.actor);
  if (query.action !== undefined) select = select.where('action', '=', query.action);
  if (query.target !== undefined) select = select.where('target', '=', query.target);
  if (query.result !== undefined) select = select.where('result', '=', query.result);
  if (query.fromMs !== undefined) select = select.where('at_ms', '>=', query.fromMs);
  if (query.untilMs !== undefined) select = select.where('at_ms', '<', query.untilMs);
  const after = idAfter(query.cursor);
  if (after !== undefined) select = select.where('id', '<', after);
  const rows = await select
    .orderBy('id', 'desc')
    .limit(limit + 1)
    .execute();
  return cutPage(rows.map(toEntry), limit, ({ id }) => [id]);
}

function toRow(entry: NewAuditEntry & { readonly id: string; readonly atMs: number }): AuditLogRow {
  return {
    id: entry.id,
    at_ms: entry.atMs,
    actor: entry.actor,
    action: entry.action,
    target: entry.target,
    before_change: toJson(entry.before),
    after_change: toJson(entry.after),
    result: entry.result,
    trace_id: entry.traceId,
  };
}

function toEntry(row: AuditLogRow): AuditEntry {
  return {
    id: row.id,
    atMs: row.at_ms,
    actor: row.actor,
    action: row.action,
    target: row.target,
    before: fromJson(row.before_change),
    after: fromJson(row.after_change),
    result: row.result,
    traceId: row.trace_id,
  };
}

function toJson(content: unknown): string | null {
  return content === null || content === undefined ? null : JSON.stringify(content);
}

function fromJson(text: string | null): unknown {
  return text === null ? null : (JSON.parse(text) as unknown);
}
