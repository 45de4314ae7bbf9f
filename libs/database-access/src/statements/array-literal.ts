/**
 * A PostgreSQL array literal of scalars: every element quoted, null as the word NULL. Several times faster than the
 * driver's own, which a batch's columns would feel.
 */
export function arrayLiteral(elements: readonly unknown[]): string {
  const quoted = elements.map((element) => {
    if (element === null || element === undefined) return 'NULL';
    const text = typeof element === 'string' ? element : String(element);
    return `"${/["\\]/.test(text) ? text.replaceAll('\\', '\\\\').replaceAll('"', '\\"') : text}"`;
  });
  return `{${quoted.join(',')}}`;
}
