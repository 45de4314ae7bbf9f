import type { LogicalType } from '@rowbridge/change-event';

/** The name a pair gives one of its two sides, such as `legacy`. */
export type SideName = string;

export type EngineFamily = 'postgres' | 'mysql';

/** One side of a pair: where its rows live and how its connector names them. */
export interface SideDeclaration {
  readonly name: SideName;
  readonly engineFamily: EngineFamily;
  /** The connector's topic prefix; topics are `<topicPrefix>.<schema>.<table>`. */
  readonly topicPrefix: string;
  /** The PostgreSQL schema or MySQL database that holds the tables. */
  readonly schema: string;
  /** Name of the direction that writes this side, and its consumer group. */
  readonly writtenBy: { readonly direction: string; readonly consumerGroup: string };
}

/** A column that exists on both sides, under a name of its own on each. */
export interface ColumnDeclaration {
  /** Column name by side name. */
  readonly names: Readonly<Record<SideName, string>>;
  readonly type: LogicalType;
  /** The column holds the key of a row of this entity, and each side has its own keys. */
  readonly references?: string;
  /** Words of the first side to words of the second, one to one; any other word is refused. */
  readonly words?: Readonly<Record<string, string>>;
  /** Holds personal data: shown to people who may see it, masked to all others. */
  readonly pii?: true;
}

/** How a second look picks the winner of two rows that both changed. The priority side also wins ties. */
export type ConflictPolicy =
  | {
      readonly strategy: 'last_write_wins';
      /** First-side name of an `instant` column that applications set on each edit. */
      readonly timestampColumn: string;
      readonly prioritySide: SideName;
    }
  | { readonly strategy: 'source_priority'; readonly prioritySide: SideName };

export type DeleteVersusUpdate = 'update_wins' | 'delete_wins';

/** A primary key column whose values are the same on both sides. */
export interface KeyColumnDeclaration {
  /** Column name by side name. */
  readonly names: Readonly<Record<SideName, string>>;
  readonly type: LogicalType;
  /** As of a column. */
  readonly pii?: true;
}

/** Each side assigns its own keys, of one column; rows are linked in `entity_mappings`. */
export interface GeneratedKey {
  /** Primary key column by side name. */
  readonly generatedKey: KeyColumnDeclaration;
  readonly sharedKey?: never;
  /** First-side names of the columns by which rows that exist on both sides recognise each other. */
  readonly naturalKey: readonly string[];
}

/** A row has the same key on both sides, by which it is recognised. */
export interface SharedKey {
  /** Primary key columns, in key order; not named again among the columns. Text is compared byte for byte. */
  readonly sharedKey: readonly KeyColumnDeclaration[];
  readonly generatedKey?: never;
  readonly naturalKey?: never;
}

/** One entity kept in step between two tables. */
export type TableDeclaration = TableMapping & (GeneratedKey | SharedKey);

export interface TableMapping {
  readonly entity: string;
  /** Table name by side name. */
  readonly tables: Readonly<Record<SideName, string>>;
  readonly columns: readonly ColumnDeclaration[];
  readonly conflictPolicy: ConflictPolicy;
  readonly deleteVersusUpdate: DeleteVersusUpdate;
  /** The side whose initial snapshot fills the other. */
  readonly seededFrom: SideName;
  /** Changes flow from this side only, whose rows always win; left out where they flow both ways. */
  readonly oneWayFrom?: SideName;
}

/** Two sides and what is kept in step between them. Both directions derive from it, so they cannot disagree. */
export interface PairDeclaration {
  readonly name: string;
  /** First and second side. */
  readonly sides: readonly [SideDeclaration, SideDeclaration];
  /** Parents before children. */
  readonly tables: readonly TableDeclaration[];
}
