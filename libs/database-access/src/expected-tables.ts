import type { LogicalType } from '@rowbridge/change-event';
import type { TablePlan } from '@rowbridge/mapping';

/** What a mapping expects of one table. */
export interface ExpectedTable {
  readonly schema: string;
  readonly table: string;
  readonly key: readonly string[];
  /** Logical types of the key's columns. */
  readonly keyTypes: readonly LogicalType[];
  readonly columns: readonly { readonly name: string; readonly type: LogicalType }[];
}

/** The key's columns with their types, in key order. */
export function expectedKeyColumns({
  key,
  keyTypes,
}: ExpectedTable): readonly { readonly name: string; readonly type: LogicalType }[] {
  return key.map((name, index) => ({ name, type: keyTypes[index] as LogicalType }));
}

/** The source half of a table plan, as the catalog is asked for it. */
export function expectedSourceTable(plan: TablePlan): ExpectedTable {
  const { schema, table, key, keyTypes } = plan.source;
  return {
    schema,
    table,
    key,
    keyTypes,
    columns: plan.columns.map(({ source, type }) => ({ name: source, type })),
  };
}

/** The target half of a table plan. */
export function expectedTargetTable(plan: TablePlan): ExpectedTable {
  const { schema, table, key, keyTypes } = plan.target;
  return {
    schema,
    table,
    key,
    keyTypes,
    columns: plan.columns.map(({ target, type }) => ({ name: target, type })),
  };
}
