/** A name that cannot be an identifier of the database it was meant for. The name itself is not repeated. */
export class IdentifierError extends Error {
  override readonly name = 'IdentifierError';
}

const postgresNameBytes = 63;
const mysqlNameCharacters = 64;

/**
 * Quotes one identifier for PostgreSQL. The only way a name may enter SQL text.
 * @throws IdentifierError when empty, longer than 63 bytes (the server would cut it), with NUL or half a surrogate pair
 */
export function quotePostgresIdentifier(name: string): string {
  refuseUnusableText(name);
  if (Buffer.byteLength(name, 'utf8') > postgresNameBytes) {
    throw new IdentifierError(`a PostgreSQL identifier has at most ${postgresNameBytes} bytes`);
  }
  return `"${name.replaceAll('"', '""')}"`;
}

/**
 * Quotes one identifier for MySQL and MariaDB, whatever the session's sql_mode.
 * @throws IdentifierError when empty, longer than 64 characters, ending in a space, with NUL, half a surrogate pair or a
 * character beyond U+FFFF (which these servers do not allow in names)
 */
export function quoteMysqlIdentifier(name: string): string {
  refuseUnusableText(name);
  if (/[\u{10000}-\u{10ffff}]/u.test(name)) {
    throw new IdentifierError('a MySQL identifier has no characters beyond U+FFFF');
  }
  if (name.length > mysqlNameCharacters) {
    throw new IdentifierError(`a MySQL identifier has at most ${mysqlNameCharacters} characters`);
  }
  if (name.endsWith(' ')) throw new IdentifierError('a MySQL identifier does not end in a space');
  return `\`${name.replaceAll('`', '``')}\``;
}

function refuseUnusableText(name: string): void {
  if (name === '') throw new IdentifierError('an identifier has at least one character');
  if (name.includes('\0')) throw new IdentifierError('an identifier has no NUL character');
  if (/\p{Surrogate}/u.test(name)) throw new IdentifierError('an identifier has no unpaired surrogate');
}
