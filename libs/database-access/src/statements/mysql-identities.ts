import type { RowKey } from '@rowbridge/change-event';
import type { RunMysql } from './mysql-statement.js';
import type { IdentityColumn } from './postgres-identities.js';

/** @returns the other key by the one asked for; nothing for keys without a twin */
export async function readMysqlIdentities(
  run: RunMysql,
  request: {
    readonly entity: string;
    readonly from: IdentityColumn;
    readonly to: IdentityColumn;
    readonly keys: readonly RowKey[];
  },
): Promise<ReadonlyMap<RowKey, RowKey>> {
  if (request.keys.length === 0) return new Map();
  const { rows } = await run({
    text: `select convert(${request.from} using utf8mb4), convert(${request.to} using utf8mb4)
      from rowbridge.entity_mappings where entity = ? and ${request.from} in (?)`,
    values: [request.entity, request.keys],
    operation: 'resolve_identities',
    table: 'rowbridge.entity_mappings',
  });
  return new Map(rows.map(([asked, twin]) => [asked as RowKey, twin as RowKey]));
}
