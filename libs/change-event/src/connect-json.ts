import { parse } from 'lossless-json';
import { undecodable } from './record-fault.js';
import type { ColumnShape, LiteralType, StructValue } from './column-shape.js';

type JsonNode = Readonly<Record<string, unknown>>;

const literals: Readonly<Record<string, LiteralType>> = {
  int8: 'integer',
  int16: 'integer',
  int32: 'integer',
  int64: 'integer',
  float: 'float32',
  float32: 'float32',
  double: 'float64',
  float64: 'float64',
  boolean: 'boolean',
  string: 'string',
  bytes: 'bytes',
  array: 'array',
  struct: 'struct',
};

/** A document of Kafka Connect's JSON converter with `schemas.enable=true`. */
export interface ConnectDocument {
  readonly schema: unknown;
  /** Integers beyond 2^53 are bigint. */
  readonly payload: unknown;
  /** The text up to the payload where the document has the usual member order: equal texts carry equal schemas. */
  readonly prefix: string | null;
}

const schemaMember = '{"schema":';
const payloadMember = ',"payload":';

/**
 * @throws RowbridgeError `undecodable` when the text is not JSON, or carries no schema
 */
export function parseConnectDocument(text: string): ConnectDocument {
  const document = parseJson(text);
  if (!isNode(document) || !isNode(document['schema']) || !('payload' in document)) {
    throw undecodable(
      'is JSON without a schema, so that times and decimals cannot be told apart: set schemas.enable=true or use the Avro converter',
    );
  }
  return { schema: document['schema'], payload: document['payload'], prefix: prefixOf(text) };
}

/**
 * The payload of a document that begins with a known prefix.
 * @throws RowbridgeError `undecodable` when it is not valid JSON
 */
export function parseAfterPrefix(text: string, prefix: string): unknown {
  const end = text.trimEnd();
  if (!end.endsWith('}')) throw undecodable('is not valid JSON');
  return parseJson(end.slice(prefix.length, -1));
}

function prefixOf(text: string): string | null {
  if (!text.startsWith(schemaMember)) return null;
  for (let at = text.indexOf(payloadMember); at >= 0; at = text.indexOf(payloadMember, at + 1)) {
    if (isJson(text.slice(schemaMember.length, at))) return text.slice(0, at + payloadMember.length);
  }
  return null;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function parseJson(text: string): unknown {
  try {
    return parse(text, null, { parseNumber });
  } catch {
    throw undecodable('is not valid JSON');
  }
}

/**
 * Reads JSON whose schema is known from elsewhere, such as a header rendered by Kafka Connect.
 * @throws RowbridgeError `undecodable` when it is not valid JSON
 */
export function parseConnectPayload(text: string): unknown {
  const document = parseJson(text);
  return isNode(document) && isNode(document['schema']) && 'payload' in document
    ? document['payload']
    : document;
}

function parseNumber(digits: string): number | bigint {
  const value = Number(digits);
  return Number.isSafeInteger(value) || !/^-?\d+$/.test(digits) ? value : BigInt(digits);
}

function isNode(value: unknown): value is JsonNode {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The shape a Connect schema in JSON describes. */
export function connectShape(schema: unknown): ColumnShape {
  const node = isNode(schema) ? schema : {};
  const { type, name, parameters, items, fields } = node;
  return {
    literal: literals[String(type)] ?? 'other',
    semantic: typeof name === 'string' ? name : null,
    parameters: isNode(parameters) ? (parameters as Readonly<Record<string, string>>) : {},
    items: items === undefined ? null : connectShape(items),
    fields: Array.isArray(fields)
      ? fields.map((field: JsonNode) => ({ name: String(field['field']), shape: connectShape(field) }))
      : [],
  };
}

/**
 * A JSON value in the form of its literal type, as the Avro decoder would give it.
 * @throws RowbridgeError `undecodable` when the value is not of the type its schema names
 */
export function readConnectValue(shape: ColumnShape, value: unknown): unknown {
  if (value === null || value === undefined) return null;
  switch (shape.literal) {
    case 'integer':
      return expectType(typeof value === 'bigint' || Number.isSafeInteger(value), value);
    case 'float32':
      return Math.fround(readFloat(value));
    case 'float64':
      return readFloat(value);
    case 'boolean':
      return expectType(typeof value === 'boolean', value);
    case 'string':
      return expectType(typeof value === 'string', value);
    case 'bytes':
      return readBase64(value);
    case 'array':
      return readArray(shape, value);
    case 'struct':
      return readStruct(shape, value);
    case 'other':
      return value;
  }
}

function readFloat(value: unknown): number {
  if (typeof value === 'string' && /^(?:NaN|-?Infinity)$/.test(value)) return Number(value);
  return Number(expectType(typeof value === 'number' || typeof value === 'bigint', value));
}

function readArray(shape: ColumnShape, value: unknown): unknown {
  const elements = expectType(Array.isArray(value), value) as readonly unknown[];
  return shape.items === null
    ? elements
    : elements.map((element) => readConnectValue(shape.items as ColumnShape, element));
}

function readStruct(shape: ColumnShape, value: unknown): StructValue {
  const node = expectType(isNode(value), value) as JsonNode;
  return Object.fromEntries(
    shape.fields.map((field) => [field.name, readConnectValue(field.shape, node[field.name])]),
  );
}

/** Of characters only: an expression that counts them in fours overflows its stack on a value of megabytes. */
const base64 = /^[A-Za-z0-9+/]*={0,2}$/;

function isBase64(text: string): boolean {
  return text.length % 4 === 0 && base64.test(text);
}

/** With `decimal.format=NUMERIC` a decimal is a JSON number, whose scale is lost: refused. */
function readBase64(value: unknown): Buffer {
  return Buffer.from(expectType(typeof value === 'string' && isBase64(value), value) as string, 'base64');
}

function expectType(holds: boolean, value: unknown): unknown {
  if (!holds) throw undecodable('has a value that is not of the type its schema names');
  return value;
}
