import avro from 'avsc';
import { exactText } from './exact-text.js';

interface Tap {
  readonly buf: Uint8Array;
  pos: number;
}

interface UnionType {
  readonly types: readonly { readonly typeName: string; _read(tap: Tap): unknown }[];
}

type BuildType = new (schema: avro.Schema, options?: unknown) => avro.Type;

/**
 * avsc's hook for building types: texts, and unions of null and one other type, which nearly every field of an event
 * is, are read by our own means, to the same values. Everything else is left to avsc.
 */
export function readDirectly(schema: avro.Schema, options: unknown): avro.Type | undefined {
  if (schema === 'string') return exactText();
  if (!Array.isArray(schema) || schema.length !== 2 || !schema.includes('null')) return undefined;
  return nullableUnion(schema, options);
}

function nullableUnion(schema: readonly unknown[], options: unknown): avro.Type {
  const union = new (avro.types.UnwrappedUnionType as unknown as BuildType)(schema as avro.Schema, options);
  const { types } = union as unknown as UnionType;
  // Branches are numbered in zigzag: 0 the first, 2 the second.
  const nullByte = schema.indexOf('null') * 2;
  const valueByte = 2 - nullByte;
  const type = types[valueByte / 2];
  const read = (tap: Tap): unknown => {
    const branch = tap.buf[tap.pos];
    tap.pos += 1;
    if (branch === valueByte) return type?._read(tap);
    if (branch === nullByte) return null;
    throw new RangeError('a union names a branch it does not have');
  };
  return Object.create(union, { _read: { value: read } }) as avro.Type;
}
