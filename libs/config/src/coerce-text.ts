import type { ConfigurationKey } from './configuration-keys.js';

const words: Readonly<Record<string, boolean>> = {
  true: true,
  yes: true,
  '1': true,
  false: false,
  no: false,
  '0': false,
};

/**
 * Reads a text from the environment as the type its key wants. A text that does not fit is answered as it is, for
 * the schema to refuse with the reason.
 *
 * @param text a list is separated by commas, or is a JSON array
 */
export function coerceText(text: string, type: ConfigurationKey['type']): unknown {
  switch (type) {
    case 'integer':
    case 'number':
      return /^-?\d+(\.\d+)?$/.test(text.trim()) ? Number(text) : text;
    case 'boolean':
      return words[text.trim().toLowerCase()] ?? text;
    case 'array':
      return coerceList(text);
    case 'string':
      return text;
  }
}

function coerceList(text: string): unknown {
  if (text.trim().startsWith('[')) {
    try {
      return JSON.parse(text) as unknown;
    } catch {
      return text;
    }
  }
  return text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
}
