/** A string of JSON, or a number; strings come first, so digits inside them are left alone. */
const stringOrNumber = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;
const longInteger = /^-?\d{16,}$/;

/**
 * Parses JSON; whole numbers of 16 digits or more become text, so that log positions beyond 2^53 keep every digit.
 * @throws SyntaxError
 */
export function parseExactJson(text: string): unknown {
  return JSON.parse(
    text.replaceAll(stringOrNumber, (token) => (longInteger.test(token) ? `"${token}"` : token)),
  );
}
