import { keyColumnsOf } from './direction-plan.js';
import type { PairDeclaration, TableDeclaration } from './pair.js';

/**
 * What is wrong with a pair's declaration: one sentence a fault, each naming the key path; empty when nothing is.
 * A mapping is sound when its two halves invert each other and every name it uses is declared.
 */
export function verifyPair(pair: PairDeclaration): readonly string[] {
  const sideNames = pair.sides.map((side) => side.name);
  const faults: string[] = [];
  if (sideNames[0] === sideNames[1])
    faults.push(`${pair.name}.sides: both sides are called "${sideNames[0]}"`);
  const entities = new Set<string>();
  const shared = new Set(pair.tables.filter(({ sharedKey }) => sharedKey).map(({ entity }) => entity));
  for (const table of pair.tables) {
    const path = `${pair.name}.tables.${table.entity}`;
    faults.push(
      ...verifyNames(table, sideNames, path),
      ...verifyWords(table, path),
      ...verifyColumnUse(table, sideNames, path),
    );
    for (const column of table.columns) {
      if (column.references !== undefined && shared.has(column.references)) {
        faults.push(
          `${path}: references "${column.references}", whose keys are the same on both sides; leave \`references\` out`,
        );
      } else if (
        column.references !== undefined &&
        !entities.has(column.references) &&
        column.references !== table.entity
      ) {
        faults.push(
          `${path}: references "${column.references}", which is not declared before it; declare parents first`,
        );
      }
    }
    if (entities.has(table.entity)) faults.push(`${path}: the entity is declared twice`);
    entities.add(table.entity);
  }
  return faults;
}

function verifyNames(table: TableDeclaration, sideNames: readonly string[], path: string): readonly string[] {
  const faults: string[] = [];
  for (const side of sideNames) {
    if (!table.tables[side]) faults.push(`${path}.tables: no table for side "${side}"`);
    const seen = new Set<string>();
    for (const { names } of keyColumnsOf(table)) {
      const name = names[side];
      if (!name) faults.push(`${path}.${keyPathOf(table)}: no column for side "${side}"`);
      else if (seen.has(name))
        faults.push(`${path}.${keyPathOf(table)}: "${name}" of side "${side}" is used twice`);
      else seen.add(name);
    }
    for (const column of table.columns) {
      const name = column.names[side];
      if (!name) faults.push(`${path}.columns: a column has no name for side "${side}"`);
      else if (seen.has(name))
        faults.push(
          `${path}.columns: "${name}" of side "${side}" is used twice, so the mapping cannot be inverted`,
        );
      else seen.add(name);
    }
  }
  return faults;
}

function keyPathOf(table: TableDeclaration): string {
  return table.sharedKey === undefined ? 'generatedKey' : 'sharedKey';
}

function verifyWords(table: TableDeclaration, path: string): readonly string[] {
  return table.columns.flatMap((column) => {
    const words = Object.values(column.words ?? {});
    const repeated = words.find((word, index) => words.indexOf(word) !== index);
    return repeated === undefined
      ? []
      : [
          `${path}.columns: two words map to "${repeated}", so the mapping cannot be inverted; map each word to one of its own`,
        ];
  });
}

function verifyColumnUse(
  table: TableDeclaration,
  sideNames: readonly string[],
  path: string,
): readonly string[] {
  const faults: string[] = [];
  const firstSide = sideNames[0] ?? '';
  const firstNames = new Map(table.columns.map((column) => [column.names[firstSide], column]));
  if (table.naturalKey?.length === 0)
    faults.push(`${path}.naturalKey: at least one column is needed, since each side assigns its own keys`);
  if (table.sharedKey?.length === 0)
    faults.push(
      `${path}.sharedKey: at least one column is needed; a table without a primary key cannot be kept in step`,
    );
  for (const name of table.naturalKey ?? []) {
    if (!firstNames.has(name))
      faults.push(`${path}.naturalKey: "${name}" is not a mapped column of side "${firstSide}"`);
  }
  const policy = table.conflictPolicy;
  if (!sideNames.includes(policy.prioritySide))
    faults.push(`${path}.conflictPolicy.prioritySide: no side "${policy.prioritySide}"`);
  if (policy.strategy === 'last_write_wins') {
    const timestamp = firstNames.get(policy.timestampColumn);
    if (timestamp?.type !== 'instant') {
      faults.push(
        `${path}.conflictPolicy.timestampColumn: "${policy.timestampColumn}" must be a mapped column of type instant`,
      );
    }
  }
  if (table.oneWayFrom !== undefined && !sideNames.includes(table.oneWayFrom))
    faults.push(`${path}.oneWayFrom: no side "${table.oneWayFrom}"`);
  if (table.oneWayFrom !== undefined && table.seededFrom !== table.oneWayFrom)
    faults.push(`${path}.seededFrom: must be "${table.oneWayFrom}", from which alone changes flow`);
  if (!sideNames.includes(table.seededFrom)) faults.push(`${path}.seededFrom: no side "${table.seededFrom}"`);
  return faults;
}
