/**
 * What the compiled schemas of kubernetes-models import from `@kubernetes-models/validate`. That package brings formats
 * and translations that no schema here uses, and wants a newer Node.js than we do.
 */
import addFormats from 'ajv-formats';

/** k8s.io/apimachinery/pkg/api/resource: a number with a binary or decimal suffix, or an exponent. */
const quantity = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[KMGTPE]i|[numkMGTPE]|[eE][+-]?\d+)?$/;

const formatOf = (name) => {
  const format = addFormats.get(name, 'full');
  return typeof format === 'function' ? { validate: format } : format;
};

export const formats = {
  ...Object.fromEntries(
    ['byte', 'date-time', 'double', 'int32', 'int64'].map((name) => [name, formatOf(name)]),
  ),
  quantity: { type: 'string', validate: quantity },
};

/** @throws Error whose `faults` say where and what */
export function runValidateFunc(validate, resource) {
  if (validate(resource)) return;
  const faults = validate.errors.map(
    ({ instancePath, keyword, params }) => `${instancePath || '/'}: ${keyword} ${JSON.stringify(params)}`,
  );
  throw Object.assign(new Error('The resource does not hold to its schema'), { faults });
}
