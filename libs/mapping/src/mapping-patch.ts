import type { MappingChange } from './schema-misfit.js';
import type { ColumnDeclaration, PairDeclaration, TableDeclaration } from './pair.js';
import { verifyPair } from './verify-pair.js';

/** One operation of a JSON Patch (RFC 6902) on a pair's declaration. */
export type PatchOperation =
  | { readonly op: 'replace'; readonly path: string; readonly value: string }
  | { readonly op: 'remove'; readonly path: string };

/**
 * The patch of a pair's declaration that makes these changes to one of its tables.
 * @returns null where a change would leave the pair unsound, such as taking a natural key's column away
 */
export function mappingPatch(
  pair: PairDeclaration,
  entity: string,
  changes: readonly MappingChange[],
): readonly PatchOperation[] | null {
  const tableIndex = pair.tables.findIndex((table) => table.entity === entity);
  const table = pair.tables[tableIndex];
  if (!table || changes.length === 0) return null;
  const path = `/tables/${tableIndex}`;
  // Removals last and from the end on, so that the indexes before them hold.
  const ordered = [...changes].sort((left, right) => removalRank(table, left) - removalRank(table, right));
  const operations: PatchOperation[] = [];
  for (const change of ordered) {
    const place = placeOf(table, change);
    if (place === null) return null;
    operations.push(...operationsOf(change, { pair, table, path, columnPath: `${path}/${place}` }));
  }
  return verifyPair(applyMappingPatch(pair, operations)).length === 0 ? operations : null;
}

function removalRank(table: TableDeclaration, change: MappingChange): number {
  return change.kind === 'remove_column' ? Number.MAX_SAFE_INTEGER - columnIndex(table, change) : -1;
}

function columnIndex(table: TableDeclaration, change: MappingChange): number {
  const name = change.kind === 'rename_column' ? change.from : change.column;
  return table.columns.findIndex((column) => column.names[change.side] === name);
}

/** Where the table's declaration has the column: a key's column may get another name, and nothing else. */
function placeOf(table: TableDeclaration, change: MappingChange): string | null {
  const index = columnIndex(table, change);
  if (index >= 0) return `columns/${index}`;
  if (change.kind !== 'rename_column') return null;
  if (table.generatedKey?.names[change.side] === change.from) return 'generatedKey';
  const keyIndex = (table.sharedKey ?? []).findIndex(({ names }) => names[change.side] === change.from);
  return keyIndex < 0 ? null : `sharedKey/${keyIndex}`;
}

function operationsOf(
  change: MappingChange,
  place: { pair: PairDeclaration; table: TableDeclaration; path: string; columnPath: string },
): readonly PatchOperation[] {
  const { pair, table, path, columnPath } = place;
  switch (change.kind) {
    case 'remove_column':
      return [{ op: 'remove', path: columnPath }];
    case 'retype_column':
      return [{ op: 'replace', path: `${columnPath}/type`, value: change.type }];
    case 'rename_column': {
      const { side, from, to } = change;
      const renamed: PatchOperation = {
        op: 'replace',
        path: `${columnPath}/names/${escapeToken(side)}`,
        value: to,
      };
      // Natural keys and policies name columns as the first side does.
      if (side !== pair.sides[0].name) return [renamed];
      return [renamed, ...firstSideReferences(table, { path, from, to })];
    }
  }
}

function firstSideReferences(
  table: TableDeclaration,
  { path, from, to }: { path: string; from: string; to: string },
): readonly PatchOperation[] {
  const inKey = (table.naturalKey ?? []).flatMap((name, index): PatchOperation[] =>
    name === from ? [{ op: 'replace', path: `${path}/naturalKey/${index}`, value: to }] : [],
  );
  const policy = table.conflictPolicy;
  return policy.strategy === 'last_write_wins' && policy.timestampColumn === from
    ? [...inKey, { op: 'replace', path: `${path}/conflictPolicy/timestampColumn`, value: to }]
    : inKey;
}

function escapeToken(token: string): string {
  return token.replaceAll('~', '~0').replaceAll('/', '~1');
}

/**
 * The declaration with the patch applied; the given one stays as it is.
 * @throws TypeError when the patch names a place the declaration does not have
 */
export function applyMappingPatch(
  pair: PairDeclaration,
  operations: readonly PatchOperation[],
): PairDeclaration {
  const patched = structuredClone(pair);
  for (const operation of operations) {
    const tokens = operation.path.slice(1).split('/').map(unescapeToken);
    const last = tokens.pop() ?? '';
    const holder = tokens.reduce((node: unknown, token) => childOf(node, token, operation.path), patched);
    childOf(holder, last, operation.path);
    if (operation.op === 'replace') (holder as Record<string, unknown>)[last] = operation.value;
    else if (Array.isArray(holder)) (holder as ColumnDeclaration[]).splice(Number(last), 1);
    else throw new TypeError(`${operation.path} is no element of a list`);
  }
  return patched;
}

function childOf(node: unknown, token: string, path: string): unknown {
  if (typeof node !== 'object' || node === null || !Object.hasOwn(node, token)) {
    throw new TypeError(`${path} is not in the declaration`);
  }
  return (node as Readonly<Record<string, unknown>>)[token];
}

function unescapeToken(token: string): string {
  return token.replaceAll('~1', '/').replaceAll('~0', '~');
}
