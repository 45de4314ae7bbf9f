import type { RowImage, RowKey } from '@rowbridge/change-event';
import { mapImage, parentsOf, type DirectionPlan, type TablePlan, type TwinLookup } from '@rowbridge/mapping';
import { DifferenceTally, type TableComparison } from './comparison.js';
import { findTargetTwins, findTargetsWithoutSource, type PairReaders } from './pair-twins.js';
import { unreadable, type ReadColumn, type ReadRow, type SideReader } from './side-reader.js';

export interface TableComparisonRequest {
  readonly direction: DirectionPlan;
  readonly plan: TablePlan;
  readonly readers: PairReaders;
  /** Rows read at a time. */
  readonly pageRows: number;
  /** Most differences named; all are counted. */
  readonly maximumDifferences: number;
}

/** Reads every row of both tables, a page at a time, and compares them through the mapping, both ways. */
export async function compareTable(request: TableComparisonRequest): Promise<TableComparison> {
  const { plan, readers } = request;
  const tally = new DifferenceTally(plan.entity, request.maximumDifferences);
  const sourceColumns = plan.columns.map((column): ReadColumn => ({
    name: column.source,
    type: column.type,
  }));

  let sourceRows = 0;
  for await (const page of readPages(readers.source, sourceColumns, { request, side: 'source' })) {
    sourceRows += page.length;
    await comparePage(request, page, tally);
  }
  let targetRows = 0;
  for await (const page of readPages(readers.target, [], { request, side: 'target' })) {
    targetRows += page.length;
    const keys = page.map((row) => row.key);
    for (const targetKey of await findTargetsWithoutSource(readers, plan, keys)) {
      tally.add({ kind: 'missing_at_source', sourceKey: null, targetKey, columns: [] });
    }
  }
  return {
    name: plan.entity,
    source: `${plan.source.schema}.${plan.source.table}`,
    target: `${plan.target.schema}.${plan.target.table}`,
    sourceRows,
    targetRows,
    // Where changes flow one way, the target may have rows of its own.
    equal: tally.isEmpty && (plan.oneWay || sourceRows === targetRows),
    differing: tally.differing,
    differences: tally.differences,
  };
}

async function* readPages(
  reader: SideReader,
  columns: readonly ReadColumn[],
  { request, side }: { request: TableComparisonRequest; side: 'source' | 'target' },
): AsyncGenerator<readonly ReadRow[]> {
  let afterKey: RowKey | null = null;
  for (;;) {
    const page: readonly ReadRow[] = await reader.readPage(request.plan[side], columns, {
      afterKey,
      limit: request.pageRows,
    });
    if (page.length > 0) yield page;
    if (page.length < request.pageRows) return;
    afterKey = page.at(-1)?.key ?? null;
  }
}

/** Compares one page of source rows with their twins. */
async function comparePage(
  request: TableComparisonRequest,
  page: readonly ReadRow[],
  tally: DifferenceTally,
): Promise<void> {
  const { plan, readers } = request;
  const twins = await findTargetTwins(
    readers,
    plan,
    page.map((row) => row.key),
  );
  const targetColumns = plan.columns.map((column): ReadColumn => ({
    name: column.target,
    type: column.type,
  }));
  const targetRows = await readers.target.readRows(plan.target, targetColumns, [...new Set(twins.values())]);
  const images = page.map((row) => sourceImage(plan, row));
  const parentTwins = await findParentTwins(
    request,
    images.map((image) => image.values),
  );
  page.forEach((row, index) => {
    const targetKey = twins.get(row.key) ?? null;
    const targetRow = targetKey === null ? undefined : targetRows.get(targetKey);
    if (targetRow === undefined) {
      tally.add({ kind: 'missing_at_target', sourceKey: row.key, targetKey: null, columns: [] });
      return;
    }
    const image = images[index];
    const verdict = compareRow(plan, { image, targetRow }, parentTwins);
    if (verdict) tally.add({ ...verdict, sourceKey: row.key, targetKey });
  });
}

interface SourceImage {
  readonly values: RowImage;
  readonly unreadableColumns: readonly string[];
}

function sourceImage(plan: TablePlan, row: ReadRow): SourceImage {
  const values: Record<string, string | null> = {};
  const unreadableColumns: string[] = [];
  plan.columns.forEach((column, index) => {
    const value = row.values[index] ?? null;
    if (value === unreadable) unreadableColumns.push(column.source);
    else values[column.source] = value;
  });
  return { values, unreadableColumns };
}

function compareRow(
  plan: TablePlan,
  rows: { readonly image: SourceImage | undefined; readonly targetRow: ReadRow },
  parentTwins: TwinLookup,
): { kind: 'values_differ' | 'unmappable'; columns: readonly string[] } | null {
  const { image, targetRow } = rows;
  if (image === undefined || image.unreadableColumns.length > 0) {
    return { kind: 'unmappable', columns: image?.unreadableColumns ?? [] };
  }
  const mapped = mapImage(plan, image.values, parentTwins);
  if (mapped.kind !== 'mapped') return { kind: 'unmappable', columns: [mapped.column] };
  const columns = plan.columns
    .filter((column, index) => mapped.values[column.target] !== targetRow.values[index])
    .map((column) => column.source);
  return columns.length === 0 ? null : { kind: 'values_differ', columns };
}

async function findParentTwins(
  request: TableComparisonRequest,
  images: readonly RowImage[],
): Promise<TwinLookup> {
  const { direction, plan, readers } = request;
  const keysByEntity = new Map<string, Set<RowKey>>();
  for (const parent of images.flatMap((image) => parentsOf(plan, image))) {
    const keys = keysByEntity.get(parent.entity) ?? new Set();
    keysByEntity.set(parent.entity, keys.add(parent.sourceKey));
  }
  const twinsByEntity = new Map<string, ReadonlyMap<RowKey, RowKey>>();
  for (const [entity, keys] of keysByEntity) {
    const parentPlan = direction.tables.find((table) => table.entity === entity);
    if (!parentPlan) throw new TypeError(`${direction.name}: no table of entity "${entity}"`);
    twinsByEntity.set(entity, await findTargetTwins(readers, parentPlan, [...keys]));
  }
  return (entity, sourceKey) => twinsByEntity.get(entity)?.get(sourceKey);
}
