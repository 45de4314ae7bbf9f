import type { ColumnShape } from './column-shape.js';

/*
 * PostgreSQL does not log a large column that an update left alone; Debezium sends a placeholder in its place
 * (`unavailable.value.placeholder`, left at its default). It stands for the whole value: an array that holds the
 * placeholder among other elements is data.
 */
const placeholder = '__debezium_unavailable_value';
const placeholderBytes = Buffer.from(placeholder);
const placeholderCodes = [...placeholderBytes];
/** Name-based UUID (version 3) of the placeholder's bytes. */
const placeholderUuid = 'b68a35a7-17ad-35b3-af2a-ae46edb4545a';
const placeholderMap = `{"${placeholder}":"${placeholder}"}`;

/** Tells whether a value that is not null is the placeholder; null for columns that cannot hold it. */
export function unavailableTest(shape: ColumnShape): ((value: unknown) => boolean) | null {
  switch (shape.literal) {
    case 'string':
      return shape.semantic === 'io.debezium.data.Json'
        ? (value) =>
            value === placeholder ||
            (typeof value === 'string' && value.replace(/\s/g, '') === placeholderMap)
        : (value) => value === placeholder;
    case 'bytes':
      return (value) => isPlaceholderBytes(value);
    case 'array':
      return (value) => Array.isArray(value) && isPlaceholderArray(value);
    default:
      return null;
  }
}

function isPlaceholderBytes(value: unknown): boolean {
  return (
    value instanceof Uint8Array && value.length === placeholderBytes.length && placeholderBytes.equals(value)
  );
}

function isPlaceholderArray(elements: readonly unknown[]): boolean {
  if (elements.length === 1) {
    const only = elements[0];
    return only === placeholder || only === placeholderUuid || isPlaceholderBytes(only);
  }
  return (
    elements.length === placeholderCodes.length &&
    elements.every((element, index) => element === placeholderCodes[index])
  );
}
