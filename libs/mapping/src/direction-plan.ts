import type { LogicalType } from '@rowbridge/change-event';
import type {
  ConflictPolicy,
  DeleteVersusUpdate,
  KeyColumnDeclaration,
  PairDeclaration,
  SideDeclaration,
  TableDeclaration,
} from './pair.js';

/** One column of a table plan: where it comes from, where it goes, and how its value changes on the way. */
export interface ColumnPlan {
  readonly source: string;
  readonly target: string;
  readonly type: LogicalType;
  /** Entity whose keys the column holds, or null. */
  readonly references: string | null;
  /** Source word to target word, or null where values pass unchanged. */
  readonly words: ReadonlyMap<string, string> | null;
  /** Holds personal data. */
  readonly pii?: true;
}

/** One table as one direction sees it. */
export interface TablePlan {
  readonly direction: string;
  readonly entity: string;
  readonly source: TableSide;
  readonly target: TableSide;
  readonly topic: string;
  readonly columns: readonly ColumnPlan[];
  /** Empty where both sides share their keys. */
  readonly naturalKey: readonly ColumnPlan[];
  /** A row has the same key on both sides; else each side assigns its own. */
  readonly sharesKeys: boolean;
  /** Changes flow in this direction only: the source always wins, and no before-image is needed. */
  readonly oneWay: boolean;
  readonly conflictPolicy: ConflictPolicy;
  /** The column plan of the policy's timestamp, or null where the policy has none. */
  readonly timestampColumn: ColumnPlan | null;
  readonly deleteVersusUpdate: DeleteVersusUpdate;
  /** Whether this direction's initial snapshot fills the target. */
  readonly seedsTarget: boolean;
  /** The key itself holds personal data. */
  readonly piiKey?: true;
}

export interface TableSide {
  readonly side: SideDeclaration;
  readonly schema: string;
  readonly table: string;
  /** Primary key columns, in key order. */
  readonly key: readonly string[];
  /** Their logical types. */
  readonly keyTypes: readonly LogicalType[];
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
  const forward = sourceIndex === 0;
  const [source, target] = forward ? [firstSide, secondSide] : [secondSide, firstSide];
  const flowing = pair.tables.filter(
    ({ oneWayFrom }) => oneWayFrom === undefined || oneWayFrom === source.name,
  );
  return {
    name: target.writtenBy.direction,
    pair: pair.name,
    consumerGroup: target.writtenBy.consumerGroup,
    source,
    target,
    reverseDirection: source.writtenBy.direction,
    tables: flowing.map((table) => planTable(pair, table, { source, target, forward })),
  };
}

interface PlanSides {
  readonly source: SideDeclaration;
  readonly target: SideDeclaration;
  /** The source is the pair's first side. */
  readonly forward: boolean;
}

function planTable(
  pair: PairDeclaration,
  table: TableDeclaration,
  { source, target, forward }: PlanSides,
): TablePlan {
  const [firstSide] = pair.sides;
  const columns = table.columns.map((column): ColumnPlan => {
    const words = column.words && Object.entries(column.words);
    return {
      source: nameOn(column.names, source),
      target: nameOn(column.names, target),
      type: column.type,
      references: column.references ?? null,
      words: words ? new Map(forward ? words : words.map(([first, second]) => [second, first])) : null,
      ...(column.pii && { pii: column.pii }),
    };
  });
  const byFirstName = (name: string): ColumnPlan => {
    const plan = columns[table.columns.findIndex((column) => column.names[firstSide.name] === name)];
    if (plan) return plan;
    throw new TypeError(
      `${pair.name}.${table.entity}: "${name}" is not a mapped column of ${firstSide.name}`,
    );
  };
  const { conflictPolicy } = table;
  return {
    direction: target.writtenBy.direction,
    entity: table.entity,
    source: tableSide(table, source),
    target: tableSide(table, target),
    topic: `${source.topicPrefix}.${source.schema}.${nameOn(table.tables, source)}`,
    columns,
    naturalKey: (table.naturalKey ?? []).map(byFirstName),
    sharesKeys: table.sharedKey !== undefined,
    oneWay: table.oneWayFrom !== undefined,
    conflictPolicy,
    timestampColumn:
      conflictPolicy.strategy === 'last_write_wins' ? byFirstName(conflictPolicy.timestampColumn) : null,
    deleteVersusUpdate: table.deleteVersusUpdate,
    seedsTarget: table.seededFrom === source.name,
    ...(keyColumnsOf(table).some(({ pii }) => pii) && { piiKey: true }),
  };
}

function tableSide(table: TableDeclaration, side: SideDeclaration): TableSide {
  const key = keyColumnsOf(table);
  return {
    side,
    schema: side.schema,
    table: nameOn(table.tables, side),
    key: key.map(({ names }) => nameOn(names, side)),
    keyTypes: key.map(({ type }) => type),
  };
}

/** The key's columns as declared, in key order. */
export function keyColumnsOf(table: TableDeclaration): readonly KeyColumnDeclaration[] {
  return table.sharedKey ?? [table.generatedKey];
}

function nameOn(names: Readonly<Record<string, string>>, side: SideDeclaration): string {
  const name = names[side.name];
  if (name === undefined) throw new TypeError(`no name given for side "${side.name}"`);
  return name;
}
