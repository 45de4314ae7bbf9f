import type { RowSchema } from '@rowbridge/change-event';
import type { TablePlan } from './direction-plan.js';
import { describeShape, shapeCarries } from './shape-carries.js';

/** How a record's schema and the declared mapping go together. */
export type RecordFit =
  /** Every mapped column is there, in an encoding that can carry it; further columns are nobody's business. */
  | { readonly kind: 'absorbed' }
  /**
   * A mapped column or the key is missing, or of another type: the table had another schema when the record was written. The images
   * say too little; the row as it is now says all, once the source table fits the mapping.
   */
  | { readonly kind: 'other_schema'; readonly column: string | null; readonly what: string }
  /** It cannot be read at all: a type never seen, or another key. */
  | { readonly kind: 'unreadable'; readonly column: string | null; readonly what: string };

/** Compares the schema a record was written with to what the mapping declares of its source. Pure; once a schema. */
export function compareRecordSchema(plan: TablePlan, schema: RowSchema): RecordFit {
  const { table, key } = plan.source;
  const keyNames = schema.key.map(({ name }) => name);
  if (keyNames.join() !== key.join()) {
    const what = `records of ${table} are keyed by (${keyNames.join(', ')}), the mapping says (${key.join(', ')})`;
    // Keys are told by their place: under another name the row is still known.
    return { kind: keyNames.length === key.length ? 'other_schema' : 'unreadable', column: null, what };
  }
  const shapes = new Map(schema.columns.map(({ name, shape }) => [name, shape]));
  const mapped = plan.columns.map(({ source, type }) => ({ name: source, type }));
  for (const { name } of mapped) {
    const shape = shapes.get(name);
    if (shape && schema.unreadable.has(name)) {
      const what = `records of ${table} carry ${name} as ${describeShape(shape)}, a type that is not known here`;
      return { kind: 'unreadable', column: name, what };
    }
  }
  for (const { name, type } of mapped) {
    const shape = shapes.get(name);
    if (!shape) {
      return {
        kind: 'other_schema',
        column: name,
        what: `records of ${table} do not carry the mapped column ${name}`,
      };
    }
    if (!shapeCarries(type, shape)) {
      const what = `records of ${table} carry ${name} as ${describeShape(shape)}, the mapping declares ${type}`;
      return { kind: 'other_schema', column: name, what };
    }
  }
  return { kind: 'absorbed' };
}
