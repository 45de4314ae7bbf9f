import * as zod from 'zod';

/** The JSON Schema words this library reads. */
interface KeySchema {
  readonly type?: string;
  readonly properties?: Readonly<Record<string, KeySchema>>;
  readonly required?: readonly string[];
  readonly description?: string;
  readonly default?: unknown;
  readonly enum?: readonly unknown[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly minLength?: number;
  readonly items?: KeySchema;
  readonly examples?: readonly unknown[];
  readonly writeOnly?: boolean;
}

/** One key of a configuration that holds a value rather than further keys. */
export interface ConfigurationKey {
  readonly path: readonly string[];
  readonly type: 'string' | 'integer' | 'number' | 'boolean' | 'array';
  /** What may stand there, in words: `integer from 1 to 65535`, `one of postgres, mysql`. */
  readonly allowed: string;
  readonly description: string;
  readonly default: unknown;
  readonly required: boolean;
  readonly secret: boolean;
}

/** The JSON Schema of what a person writes, before defaults and transformations; for editors and for {@link configurationKeys}. */
export function inputJsonSchema(schema: zod.ZodType): Record<string, unknown> {
  return zod.toJSONSchema(schema, { io: 'input', target: 'draft-2020-12' }) as Record<string, unknown>;
}

/** Every key of a schema that holds a value, in the schema's order. */
export function configurationKeys(schema: zod.ZodType): readonly ConfigurationKey[] {
  return keysOf(inputJsonSchema(schema) as KeySchema, { path: [], required: true });
}

function keysOf(
  schema: KeySchema,
  at: { path: readonly string[]; required: boolean },
): readonly ConfigurationKey[] {
  if (schema.properties) {
    return Object.entries(schema.properties).flatMap(([name, property]) =>
      keysOf(property, { path: [...at.path, name], required: schema.required?.includes(name) ?? false }),
    );
  }
  return [
    {
      path: at.path,
      required: at.required,
      type: valueType(schema),
      allowed: describeAllowed(schema),
      description: schema.description ?? '',
      default: schema.default,
      secret: schema.writeOnly ?? false,
    },
  ];
}

const valueTypes = ['string', 'integer', 'number', 'boolean', 'array'] as const;

function valueType(schema: KeySchema): ConfigurationKey['type'] {
  return valueTypes.find((type) => type === schema.type) ?? 'string';
}

function describeAllowed(schema: KeySchema): string {
  if (schema.enum) return `one of ${schema.enum.join(', ')}`;
  if (schema.examples)
    return `${schema.type === 'array' ? 'list' : 'text'} such as ${schema.examples.join(', ')}`;
  if (schema.type === 'array') return `list of ${describeAllowed(schema.items ?? {})}`;
  if (schema.type === 'boolean') return 'true or false';
  if (schema.type !== 'integer' && schema.type !== 'number')
    return schema.minLength ? 'text, not empty' : 'text';
  const least =
    schema.minimum ??
    (schema.exclusiveMinimum === undefined ? undefined : `above ${schema.exclusiveMinimum}`);
  const greatest = schema.maximum === Number.MAX_SAFE_INTEGER ? undefined : schema.maximum;
  const word = schema.type === 'integer' ? 'whole number' : 'number';
  if (least !== undefined && greatest !== undefined) return `${word} from ${least} to ${greatest}`;
  if (typeof least === 'string') return `${word} ${least}`;
  return least === undefined ? word : `${word} of at least ${least}`;
}
