import type { CapturedTable } from '@rowbridge/database-access';
import { keyColumnsOf, type PairDeclaration } from '@rowbridge/mapping';

/**
 * What preflight asks of one side's tables, as the pair declares them.
 * @param schema where the side's tables really are, when not where the pair says
 * @throws RangeError when the pair has no such side
 */
export function capturedTables(
  pair: PairDeclaration,
  sideName: string,
  schema?: string,
): readonly CapturedTable[] {
  const side = pair.sides.find(({ name }) => name === sideName);
  if (side === undefined) throw new RangeError(`the pair ${pair.name} has no side ${sideName}`);
  const [firstSide] = pair.sides;
  // A one-way table is captured where it is read.
  const captured = pair.tables.filter(
    ({ oneWayFrom }) => oneWayFrom === undefined || oneWayFrom === sideName,
  );
  return captured.map((declaration) => {
    const nameHere = (names: Readonly<Record<string, string>>): string => names[sideName] ?? '';
    const policy = declaration.conflictPolicy;
    const deciding =
      policy.strategy === 'last_write_wins'
        ? declaration.columns.filter(({ names }) => names[firstSide.name] === policy.timestampColumn)
        : [];
    return {
      schema: schema ?? side.schema,
      table: nameHere(declaration.tables),
      twoWay: declaration.oneWayFrom === undefined,
      mappedColumns: [
        ...keyColumnsOf(declaration).map(({ names }) => nameHere(names)),
        ...declaration.columns.map(({ names }) => nameHere(names)),
      ],
      timestampColumns: deciding.map(({ names }) => nameHere(names)),
    };
  });
}
