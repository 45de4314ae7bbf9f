import fastCheck from 'fast-check';
import { IdentifierError, quoteMysqlIdentifier, quotePostgresIdentifier } from './quote-identifier.js';

/** Names with what breaks careless quoting more often than chance would have it. */
const hostileName = fastCheck
  .array(
    fastCheck.oneof(
      fastCheck.constantFrom(
        '"',
        '`',
        "'",
        '\\',
        ';',
        '--',
        '/*',
        '.',
        ' ',
        '\0',
        '$1',
        '?',
        'é',
        '🦜',
        '\n',
      ),
      fastCheck.string({ maxLength: 5, unit: 'binary' }),
    ),
    { minLength: 1, maxLength: 20 },
  )
  .map((parts) => parts.join(''));

describe.each([
  { dialect: 'PostgreSQL', quote: quotePostgresIdentifier, mark: '"' },
  { dialect: 'MySQL', quote: quoteMysqlIdentifier, mark: '`' },
])('quoting a name for $dialect', ({ quote, mark }) => {
  it('leaves no way out of the quotes, and keeps the name', () => {
    fastCheck.assert(
      fastCheck.property(hostileName, (name) => {
        let quoted: string;
        try {
          quoted = quote(name);
        } catch (error) {
          return error instanceof IdentifierError;
        }
        const inside = quoted.slice(1, -1);
        const leftover = inside.replaceAll(mark + mark, '');
        return (
          quoted.startsWith(mark) &&
          quoted.endsWith(mark) &&
          !leftover.includes(mark) &&
          inside.replaceAll(mark + mark, mark) === name
        );
      }),
      { numRuns: 2_000 },
    );
  });

  it('refuses what no identifier can be, without repeating it', () => {
    for (const name of ['', 'secret\0name', `secret${'x'.repeat(70)}`, 'secret\ud800']) {
      expect(() => quote(name)).toThrow(IdentifierError);
      expect(() => quote(name)).not.toThrow(/secret/);
    }
  });
});

describe('the limits of names', () => {
  it('are bytes for PostgreSQL, which would cut a longer name to another table’s', () => {
    expect(quotePostgresIdentifier('x'.repeat(63))).toHaveLength(65);
    expect(() => quotePostgresIdentifier('é'.repeat(32))).toThrow(IdentifierError);
  });

  it('are characters of the basic plane for MySQL, with no space at the end', () => {
    expect(quoteMysqlIdentifier('é'.repeat(64))).toHaveLength(66);
    expect(() => quoteMysqlIdentifier('parrot🦜')).toThrow(IdentifierError);
    expect(() => quoteMysqlIdentifier('users ')).toThrow(IdentifierError);
  });
});
