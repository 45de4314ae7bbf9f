import type { LogicalType } from '@rowbridge/change-event';
import type { ConflictPolicy, DeleteVersusUpdate, PairDeclaration, SideDeclaration } from './pair.js';

/** One column of a table plan: where it comes from, where it goes, and how its value changes on the way. */
export interface ColumnPlan {
  readonly source: string;
  readonly target: string;
  readonly type: LogicalType;
  /** Entity whose keys the column holds, or null. */
  readonly references: string | null;
  /** Source word to target word, or null where values pass unchanged. */
  readonly words: ReadonlyMap<string, string> | null;
}

/** One table as one direction sees it. */
export interface TablePlan {
  readonly direction: string;
  readonly entity: string;
  readonly source: TableSide;
  readonly target: TableSide;
  readonly topic: string;
  readonly columns: readonly ColumnPlan[];
  readonly naturalKey: readonly ColumnPlan[];
  readonly conflictPolicy: ConflictPolicy;
  /** The column plan of the policy's timestamp, or null where the policy has none. */
  readonly timestampColumn: ColumnPlan | null;
  readonly deleteVersusUpdate: DeleteVersusUpdate;
  /** Whether this direction's initial snapshot fills the target. */
  readonly seedsTarget: boolean;
}

export interface TableSide {
  readonly side: SideDeclaration;
  readonly schema: string;
  readonly table: string;
  /** Primary key columns, in key order, and their logical types. */
  readonly key: readonly string[];
  readonly keyType: LogicalType;
}

/** Everything one direction does, derived from its pair. */
export interface DirectionPlan {
  readonly name: string;
  readonly pair: string;
  readonly consumerGroup: string;
  readonly source: SideDeclaration;
  readonly target: SideDeclaration;
  readonly reverseDirection: string;
  /** Parents before children. */
  readonly tables: readonly TablePlan[];
}

/**
 * The half of a pair that carries rows from `sourceSide` to the other side.
 * @throws TypeError when the pair has no such side
 */
export function deriveDirectionPlan(pair: PairDeclaration, sourceSide: string): DirectionPlan {
  const sourceIndex = pair.sides.findIndex((side) => side.name === sourceSide);
  if (sourceIndex < 0) throw new TypeError(`pair "${pair.name}" has no side "${sourceSide}"`);
  const [firstSide, secondSide] = pair.sides;
  const [source, target] = sourceIndex === 0 ? [firstSide, secondSide] : [secondSide, firstSide];
  const forward = sourceIndex === 0;
  const tables = pair.tables.map((table): TablePlan => {
    const columns = table.columns.map((column): ColumnPlan => {
      const words = column.words && Object.entries(column.words);
      return {
        source: nameOn(column.names, source),
        target: nameOn(column.names, target),
        type: column.type,
        references: column.references ?? null,
        words: words ? new Map(forward ? words : words.map(([first, second]) => [second, first])) : null,
      };
    });
    const byFirstName = (name: string): ColumnPlan => {
      const index = table.columns.findIndex((column) => column.names[firstSide.name] === name);
      const plan = columns[index];
      if (!plan)
        throw new TypeError(
          `${pair.name}.${table.entity}: "${name}" is not a mapped column of ${firstSide.name}`,
        );
      return plan;
    };
    const tableSide = (side: SideDeclaration): TableSide => ({
      side,
      schema: side.schema,
      table: nameOn(table.tables, side),
      key: [nameOn(table.generatedKey.names, side)],
      keyType: table.generatedKey.type,
    });
    return {
      direction: target.writtenBy.direction,
      entity: table.entity,
      source: tableSide(source),
      target: tableSide(target),
      topic: `${source.topicPrefix}.${source.schema}.${nameOn(table.tables, source)}`,
      columns,
      naturalKey: table.naturalKey.map(byFirstName),
      conflictPolicy: table.conflictPolicy,
      timestampColumn:
        table.conflictPolicy.strategy === 'last_write_wins'
          ? byFirstName(table.conflictPolicy.timestampColumn)
          : null,
      deleteVersusUpdate: table.deleteVersusUpdate,
      seedsTarget: table.seededFrom === source.name,
    };
  });
  return {
    name: target.writtenBy.direction,
    pair: pair.name,
    consumerGroup: target.writtenBy.consumerGroup,
    source,
    target,
    reverseDirection: source.writtenBy.direction,
    tables,
  };
}

function nameOn(names: Readonly<Record<string, string>>, side: SideDeclaration): string {
  const name = names[side.name];
  if (name === undefined) throw new TypeError(`no name given for side "${side.name}"`);
  return name;
}
