import { RowbridgeError } from '@rowbridge/errors';
import { converterOf } from './column-converter.js';
import type { ColumnConverter } from './column-converter.js';
import type { ColumnShape, StructValue } from './column-shape.js';
import type { LogicalValue, RowImage } from './logical-value.js';
import { unavailableTest } from './unavailable-value.js';

/** Turns a decoded struct into a row image. */
export type RowConverter = (struct: StructValue) => RowImage;

interface ColumnPlan {
  readonly name: string;
  readonly convert: ColumnConverter;
  readonly isUnavailable: ((value: unknown) => boolean) | null;
}

/**
 * Builds the converter of a row once per schema.
 * @param placeholders whether the source sends placeholders for values it does not know (PostgreSQL)
 * @throws RowbridgeError from the converter: `unsupported_type`, `unmappable` or `out_of_range`, naming the column
 */
export function rowConverterOf(shape: ColumnShape, placeholders: boolean): RowConverter {
  const columns = shape.fields.map(({ name, shape: column }): ColumnPlan => ({
    name,
    convert: converterOf(column),
    isUnavailable: placeholders ? unavailableTest(column) : null,
  }));
  return (struct) => {
    const image: Record<string, LogicalValue> = {};
    for (const column of columns) {
      const value = struct[column.name];
      if (value === null || value === undefined) image[column.name] = null;
      else if (!column.isUnavailable?.(value)) image[column.name] = convertColumn(column, value);
    }
    return image;
  };
}

function convertColumn(column: ColumnPlan, value: unknown): LogicalValue {
  try {
    return column.convert(value);
  } catch (error) {
    if (!(error instanceof RowbridgeError)) throw error;
    throw new RowbridgeError(error.code, `column "${column.name}": ${error.problem}`);
  }
}
