import type { FieldShape } from './column-shape.js';

/** What a record says of its row's columns. The same object for all records written with the same schemas. */
export interface RowSchema {
  readonly columns: readonly FieldShape[];
  /** The key's columns, in key order. */
  readonly key: readonly FieldShape[];
  /** Columns of a type nobody here knows: a value in one of them is refused. */
  readonly unreadable: ReadonlySet<string>;
}
