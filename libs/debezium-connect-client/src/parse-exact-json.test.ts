import fastCheck from 'fast-check';
import { parseExactJson } from './parse-exact-json.js';

describe('parsing JSON without losing digits', () => {
  it('gives long whole numbers as text and leaves everything else as it is', () => {
    expect(
      parseExactJson('{"lsn":9223372036854775807,"pos":-1234567890123456,"small":42,"part":1.5e3}'),
    ).toEqual({
      lsn: '9223372036854775807',
      pos: '-1234567890123456',
      small: 42,
      part: 1500,
    });
  });

  it('does not touch digits inside strings, whatever they are escaped with', () => {
    fastCheck.assert(
      fastCheck.property(fastCheck.jsonValue(), fastCheck.string(), (value, text) => {
        const digits = `${text}"12345678901234567890\\`;
        const document = JSON.stringify({ value, [digits]: digits });
        const parsed = parseExactJson(document) as Record<string, unknown>;
        expect(parsed[digits]).toBe(digits);
      }),
    );
  });
});
