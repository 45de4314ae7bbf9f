import type { NeededRights, TableRight } from '@rowbridge/database-access';
import type { DirectionPlan } from '@rowbridge/mapping';

const everyRight: readonly TableRight[] = ['select', 'insert', 'update', 'delete'];

/** The tables of our own that a direction writes in its target, and a column of each. */
const bookkeeping: Readonly<Record<string, string>> = {
  applied_offsets: 'direction',
  processed_events: 'event_id',
  row_versions: 'direction',
  entity_mappings: 'entity',
  second_looks: 'direction',
  conflicts: 'conflict_id',
  outbox: 'topic',
  schema_drift: 'direction',
};

/** What a direction does in its source: it reads rows, and the books of the direction that writes there. */
export function sourceRights({ tables }: DirectionPlan): readonly NeededRights[] {
  return [
    ...tables.map(({ source, columns }) => ({
      schema: source.schema,
      table: source.table,
      column: columns[0]?.source ?? source.key[0] ?? '',
      rights: ['select'] as const,
    })),
    ...ownTables(['applied_offsets', 'entity_mappings'], ['select']),
  ];
}

/** What a direction does in its target: it writes rows and its books. */
export function targetRights({ tables }: DirectionPlan): readonly NeededRights[] {
  return [
    ...tables.map(({ target, columns }) => ({
      schema: target.schema,
      table: target.table,
      column: columns[0]?.target ?? target.key[0] ?? '',
      rights: everyRight,
    })),
    ...ownTables(Object.keys(bookkeeping), everyRight),
  ];
}

function ownTables(names: readonly string[], rights: readonly TableRight[]): readonly NeededRights[] {
  return names.map((table) => ({ schema: 'rowbridge', table, column: bookkeeping[table] ?? '', rights }));
}
