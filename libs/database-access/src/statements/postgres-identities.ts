import type { RowKey } from '@rowbridge/change-event';
import type { RunPostgres } from './postgres-statement.js';

/** Columns of `entity_mappings`, as the direction that writes this database named its two sides. */
export type IdentityColumn = 'source_id' | 'target_id';

/** @returns the other key by the one asked for; nothing for keys without a twin */
export async function readPostgresIdentities(
  run: RunPostgres,
  request: {
    readonly entity: string;
    readonly from: IdentityColumn;
    readonly to: IdentityColumn;
    readonly keys: readonly RowKey[];
  },
): Promise<ReadonlyMap<RowKey, RowKey>> {
  if (request.keys.length === 0) return new Map();
  const { rows } = await run({
    text: `with input as materialized (select $1::text as entity, unnest($2::text[]) as asked)
      select input.asked, mapping.${request.to} from input
      join rowbridge.entity_mappings mapping
        on mapping.entity = input.entity and mapping.${request.from} = input.asked`,
    values: [request.entity, [...new Set(request.keys)]],
    operation: 'resolve_identities',
    table: 'rowbridge.entity_mappings',
  });
  return new Map(rows.map(([asked, twin]) => [asked as RowKey, twin as RowKey]));
}
