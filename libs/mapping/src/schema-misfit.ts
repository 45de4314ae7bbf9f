import type { LogicalType } from '@rowbridge/change-event';

/** What a catalog says of one column, as far as a mapping must know it. */
export interface ColumnInCatalog {
  readonly name: string;
  /** As the server writes it, with its length. */
  readonly declaredAs: string;
  /** The logical types its values can be exactly. */
  readonly holds: ReadonlySet<LogicalType>;
  readonly nullable: boolean;
  /** An insert may leave it out: the server has a value for it. */
  readonly hasDefault: boolean;
  /** Computed from other columns: it cannot be written. */
  readonly computed: boolean;
  /** Of an enumeration, in its order; null for other types. */
  readonly labels: readonly string[] | null;
  /** What a change of its type must say again for the rest to stay (MySQL): collation, NOT NULL, default. */
  readonly restated: string;
}

export interface TableInCatalog {
  readonly columns: ReadonlyMap<string, ColumnInCatalog>;
  /** In key order; empty where there is none. */
  readonly primaryKey: readonly string[];
}

/** A change to a table that would make it fit again, before any dialect of SQL. */
export type SchemaRepair = { readonly schema: string; readonly table: string } & (
  | { readonly kind: 'create_table'; readonly columns: readonly NewColumn[]; readonly key: readonly string[] }
  | { readonly kind: 'add_column'; readonly column: NewColumn }
  | { readonly kind: 'rename_column'; readonly from: string; readonly to: string }
  /** `type` null: one that holds what `like` holds on the other side. */
  | {
      readonly kind: 'change_type';
      readonly column: ColumnInCatalog;
      readonly type: string | null;
      readonly logical: LogicalType;
      readonly like: ColumnInCatalog | null;
    }
  | {
      readonly kind: 'add_labels';
      readonly column: ColumnInCatalog;
      readonly labels: readonly string[];
    }
  | { readonly kind: 'allow_null'; readonly column: ColumnInCatalog }
);

export interface NewColumn {
  readonly name: string;
  readonly logical: LogicalType;
  /** The type it had before, as that server wrote it, where known. */
  readonly declaredAs: string | null;
}

/** A change to a pair's declaration that would make it fit again. Columns by their name on that side. */
export type MappingChange =
  | { readonly kind: 'rename_column'; readonly side: string; readonly from: string; readonly to: string }
  | { readonly kind: 'remove_column'; readonly side: string; readonly column: string }
  | {
      readonly kind: 'retype_column';
      readonly side: string;
      readonly column: string;
      readonly type: LogicalType;
    };

export type MisfitCode = 'table_missing' | 'column_missing' | 'schema_incompatible' | 'enum_label_missing';

/** One thing in which a table and its mapping do not fit. */
export interface SchemaMisfit {
  readonly errorCode: MisfitCode;
  /** Names of tables, columns and types; never a row's value. */
  readonly what: string;
  readonly column: string | null;
  /** Null where no change to the table is known that helps. */
  readonly repair: SchemaRepair | null;
  /** Null where no change to the mapping helps. */
  readonly mappingChange: MappingChange | null;
}
