import type { TablePlan } from '@rowbridge/mapping';
import type { ExpectedTable } from './facts/require-tables.js';

/** The source half of a table plan, as the catalog is asked for it. */
export function expectedSourceTable(plan: TablePlan): ExpectedTable {
  const { schema, table, key, keyType } = plan.source;
  return {
    schema,
    table,
    key,
    keyType,
    columns: plan.columns.map(({ source, type }) => ({ name: source, type })),
  };
}

/** The target half of a table plan. */
export function expectedTargetTable(plan: TablePlan): ExpectedTable {
  const { schema, table, key, keyType } = plan.target;
  return {
    schema,
    table,
    key,
    keyType,
    columns: plan.columns.map(({ target, type }) => ({ name: target, type })),
  };
}
