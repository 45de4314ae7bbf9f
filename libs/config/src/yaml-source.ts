import { readFileSync } from 'node:fs';
import { isMap, isNode, isScalar, LineCounter, parseDocument, visit, type Document } from 'yaml';
import { refuseConfiguration, type ConfigurationProblem } from './configuration-problem.js';
import { hasReference, interpolate, type Environment } from './interpolate.js';

/** A YAML file with its references resolved and its positions kept. */
export interface YamlSource {
  readonly values: unknown;
  /** Values that came out of a reference and are therefore text, whatever their key wants: joined key path. */
  readonly interpolated: ReadonlySet<string>;
  /** `file:line:column` of a key, or of the nearest key above it that the file has. */
  locate(path: readonly PropertyKey[]): string;
}

/**
 * Reads one YAML file.
 * @throws RowbridgeError `invalid_configuration` when it cannot be read, is not YAML, repeats a key, or refers to a
 *   variable that is neither set nor given a default
 */
export function readYamlSource(file: string, environment: Environment): YamlSource {
  const lines = new LineCounter();
  const document = parseDocument(readText(file), { lineCounter: lines, prettyErrors: false });
  const at = (offset: number): string => {
    const { line, col } = lines.linePos(offset);
    return `${file}:${line}:${col}`;
  };
  const syntaxProblems = [...document.errors, ...document.warnings].map(({ message, pos }) => ({
    location: at(pos[0]),
    path: '',
    text: message,
  }));
  if (syntaxProblems.length > 0) throw refuseConfiguration(syntaxProblems);
  const interpolated = resolveReferences(document, { environment, at });
  return {
    values: document.toJS() as unknown,
    interpolated,
    locate: (path) => at(offsetOf(document, path)),
  };
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (failure) {
    const reason = failure instanceof Error ? failure.message : String(failure);
    throw refuseConfiguration([{ location: file, path: '', text: `the file cannot be read: ${reason}` }]);
  }
}

interface ReferenceContext {
  readonly environment: Environment;
  readonly at: (offset: number) => string;
}

function resolveReferences(
  document: Document.Parsed,
  { environment, at }: ReferenceContext,
): ReadonlySet<string> {
  const interpolated = new Set<string>();
  const problems: ConfigurationProblem[] = [];
  visit(document, {
    Scalar(position, node, ancestors) {
      if (position === 'key' || typeof node.value !== 'string' || !hasReference(node.value)) return;
      const path = pathOf(ancestors, node);
      const { text, missing } = interpolate(node.value, environment);
      for (const name of missing) {
        problems.push({
          location: at(node.range?.[0] ?? 0),
          path,
          text: `environment variable ${name} is not set; set it, or write \${${name}:-default}`,
        });
      }
      node.value = text;
      interpolated.add(path);
    },
  });
  if (problems.length > 0) throw refuseConfiguration(problems);
  return interpolated;
}

function pathOf(ancestors: readonly unknown[], node: unknown): string {
  const steps = ancestors.flatMap((ancestor, depth) => {
    if (isMap(ancestor)) return [];
    if (
      typeof ancestor === 'object' &&
      ancestor !== null &&
      'items' in ancestor &&
      Array.isArray(ancestor.items)
    ) {
      return [String(ancestor.items.indexOf(ancestors[depth + 1] ?? node))];
    }
    const key: unknown =
      typeof ancestor === 'object' && ancestor !== null && 'key' in ancestor ? ancestor.key : null;
    return isScalar(key) ? [String(key.value)] : [];
  });
  return steps.join('.');
}

function offsetOf(document: Document.Parsed, path: readonly PropertyKey[]): number {
  for (let length = path.length; length > 0; length -= 1) {
    const parent: unknown =
      length === 1 ? document.contents : document.getIn(path.slice(0, length - 1), true);
    const last = String(path[length - 1]);
    if (isMap(parent)) {
      const key = parent.items
        .map((pair) => pair.key)
        .find((candidate) => isScalar(candidate) && String(candidate.value) === last);
      if (isNode(key) && key.range) return key.range[0];
    } else {
      const node: unknown = document.getIn(path.slice(0, length), true);
      if (isNode(node) && node.range) return node.range[0];
    }
  }
  return 0;
}
