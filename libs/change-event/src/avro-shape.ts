import type { ColumnShape, LiteralType } from './column-shape.js';

type AvroNode = Readonly<Record<string, unknown>>;

const primitives: Readonly<Record<string, LiteralType>> = {
  int: 'integer',
  long: 'integer',
  float: 'float32',
  double: 'float64',
  boolean: 'boolean',
  string: 'string',
  bytes: 'bytes',
  fixed: 'bytes',
};

/**
 * The shape an Avro schema describes. Kafka Connect's names lie in `connect.name` and `connect.parameters` of the
 * converter that wrote it; unions with null are the type itself, since any value may be null.
 */
export function avroShape(schema: unknown): ColumnShape {
  return describe(schema, { namespace: '', named: new Map() });
}

interface Scope {
  readonly namespace: string;
  readonly named: Map<string, ColumnShape>;
}

function describe(schema: unknown, scope: Scope): ColumnShape {
  if (Array.isArray(schema)) {
    const branches = schema.filter((branch) => branch !== 'null');
    return branches.length === 1 ? describe(branches[0], scope) : shapeOf('other');
  }
  if (typeof schema === 'string') {
    const primitive = primitives[schema];
    if (primitive !== undefined) return shapeOf(primitive);
    return scope.named.get(qualified(schema, scope.namespace)) ?? shapeOf('other');
  }
  return describeNode(schema as AvroNode, scope);
}

function describeNode(node: AvroNode, scope: Scope): ColumnShape {
  const { type } = node;
  if (type === 'record') return describeRecord(node, scope);
  if (type === 'array') return { ...annotated(node, 'array'), items: describe(node['items'], scope) };
  if (type === 'enum') return annotated(node, 'string');
  if (typeof type === 'string' && primitives[type] !== undefined) return annotated(node, primitives[type]);
  if (type === 'map' || type === undefined) return annotated(node, 'other');
  const inner = describe(type, scope);
  const outer = annotated(node, inner.literal);
  return {
    ...inner,
    semantic: outer.semantic ?? inner.semantic,
    parameters: { ...inner.parameters, ...outer.parameters },
  };
}

/** Debezium marks the row and envelope records with their own names: those say nothing about a column's value. */
function describeRecord(node: AvroNode, scope: Scope): ColumnShape {
  const fullName = qualified(
    String(node['name']),
    typeof node['namespace'] === 'string' ? node['namespace'] : scope.namespace,
  );
  const inner: Scope = {
    namespace: fullName.slice(0, Math.max(0, fullName.lastIndexOf('.'))),
    named: scope.named,
  };
  const fields = (node['fields'] as readonly AvroNode[]).map((field) => ({
    name: String(field['name']),
    shape: describe(field['type'], inner),
  }));
  const shape = { ...annotated(node, 'struct'), fields };
  scope.named.set(fullName, shape);
  return shape;
}

function annotated(node: AvroNode, literal: LiteralType): ColumnShape {
  const name = node['connect.name'];
  const parameters = (node['connect.parameters'] ?? {}) as Readonly<Record<string, string>>;
  return { ...shapeOf(literal), semantic: typeof name === 'string' ? name : null, parameters };
}

function shapeOf(literal: LiteralType): ColumnShape {
  return { literal, semantic: null, parameters: {}, items: null, fields: [] };
}

function qualified(name: string, namespace: string): string {
  return name.includes('.') || namespace === '' ? name : `${namespace}.${name}`;
}
