import fc from 'fast-check';

/** The JSON Schema words the description uses. */
export interface JsonSchema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | JsonSchema;
  readonly items?: JsonSchema;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly format?: string;
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly allOf?: readonly JsonSchema[];
}

export type ResolveReference = (reference: string) => JsonSchema;

/** Texts that break what was not built for them, and names that exist. */
const hostileTexts = [
  '',
  ' ',
  '.',
  '..',
  '/',
  '%',
  '%00',
  '\u0000',
  '\ud800',
  '\u202e',
  '🜁'.repeat(50),
  "'; drop table x; --",
  '{{7*7}}',
  '__proto__',
  'constructor',
  'null',
  'NaN',
  '-1',
  '1e999',
  '9'.repeat(400),
  'x'.repeat(5_000),
  '../../etc/passwd',
  '2026-02-30T00:00:00Z',
  '0000-01-01T00:00:00Z',
  '9999-12-31T23:59:59.999999Z',
  'W10',
  'WyJhIiwxXQ',
  'WzEsMl0',
];
const knownNames = [
  'legacy-to-revamp',
  'revamp-to-legacy',
  'legacy',
  'revamp',
  'users',
  'posts',
  'likes',
  '0-0',
  'batch.maxRows',
];

export const hostileText: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(...hostileTexts),
  fc.string({ unit: 'binary', maxLength: 40 }),
);

/** Anything at all: wrong types, empty and huge values. */
export const anything: fc.Arbitrary<unknown> = fc.oneof(
  hostileText,
  fc.constantFrom<unknown>(
    null,
    true,
    [],
    {},
    0,
    -1,
    2 ** 53,
    1e308,
    -0.5,
    Array.from({ length: 2_000 }, () => 'x'),
  ),
  fc.jsonValue({ maxDepth: 3 }),
);

/** Values that mostly fit a schema: every part is now and then replaced by anything. */
export function arbitraryFor(schema: JsonSchema, resolve: ResolveReference): fc.Arbitrary<unknown> {
  return fc.oneof(
    { weight: 7, arbitrary: fittingArbitrary(schema, resolve) },
    { weight: 1, arbitrary: anything },
  );
}

function fittingArbitrary(schema: JsonSchema, resolve: ResolveReference): fc.Arbitrary<unknown> {
  if (schema.$ref !== undefined) return fittingArbitrary(resolve(schema.$ref), resolve);
  if (schema.const !== undefined) return fc.constant(schema.const);
  if (schema.enum) return fc.constantFrom(...schema.enum);
  const alternatives = schema.anyOf ?? schema.oneOf;
  if (alternatives) return fc.oneof(...alternatives.map((each) => arbitraryFor(each, resolve)));
  if (schema.allOf) {
    return fc
      .tuple(...schema.allOf.map((each) => fittingArbitrary(each, resolve)))
      .map((parts) => Object.assign({}, ...parts) as unknown);
  }
  const types = [schema.type ?? 'anything'].flat() as string[];
  return fc.oneof(...types.map((type) => arbitraryOfType(type, schema, resolve)));
}

function arbitraryOfType(type: string, schema: JsonSchema, resolve: ResolveReference): fc.Arbitrary<unknown> {
  switch (type) {
    case 'null':
      return fc.constant(null);
    case 'boolean':
      return fc.boolean();
    case 'integer':
      return fc.integer({
        min: Math.max(schema.minimum ?? 0, -1e9),
        max: Math.min(schema.maximum ?? 1e6, 1e9),
      });
    case 'number':
      return fc.double({ noNaN: true, min: schema.minimum ?? -1e9, max: schema.maximum ?? 1e9 });
    case 'array':
      return fc.array(arbitraryFor(schema.items ?? {}, resolve), {
        minLength: schema.minItems ?? 0,
        maxLength: Math.max(schema.minItems ?? 0, 4),
      });
    case 'object':
      return arbitraryObject(schema, resolve);
    case 'string':
      return schema.format === 'date-time'
        ? fc.date({ noInvalidDate: true }).map((date) => date.toISOString())
        : fc.oneof(
            fc.constantFrom(...knownNames),
            fc.string({ minLength: schema.minLength ?? 0, maxLength: 20 }),
          );
    default:
      return anything;
  }
}

function arbitraryObject(schema: JsonSchema, resolve: ResolveReference): fc.Arbitrary<unknown> {
  const { properties = {}, required = [], additionalProperties } = schema;
  const known = fc.record(
    Object.fromEntries(Object.entries(properties).map(([name, each]) => [name, arbitraryFor(each, resolve)])),
    { requiredKeys: [...required].filter((name) => name in properties) },
  );
  if (typeof additionalProperties !== 'object') return known;
  const others = fc.dictionary(fc.constantFrom(...knownNames), arbitraryFor(additionalProperties, resolve), {
    maxKeys: 3,
  });
  return fc.tuple(known, others).map(([own, more]) => ({ ...more, ...own }));
}
