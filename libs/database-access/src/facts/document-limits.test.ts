import { canonicalJson } from '@rowbridge/change-event';
import { RowbridgeError } from '@rowbridge/errors';
import { noLimits, type Refuse } from './column-limits.js';
import { checkArray, checkDocument } from './document-limits.js';

const megabytes = 10 * 1_024 * 1_024;
const keptAsFloats = { ...noLimits, jsonFloats: true };
const refuse: Refuse = (errorCode) => new RowbridgeError(errorCode, 'the value does not fit');

/** What is checked of a value that a column may hold: `held`, or why not. */
function check(rule: typeof checkDocument, value: string): string {
  try {
    rule(value, keptAsFloats, refuse);
    return 'held';
  } catch (error) {
    return (error as RowbridgeError).code;
  }
}

describe.each([
  ['of plain characters', 'x'.repeat(megabytes)],
  ['of line ends', '\n'.repeat(megabytes / 2)],
  ['of quotes', '"'.repeat(megabytes / 2)],
  ['of backslashes', '\\'.repeat(megabytes / 2)],
])('I8: a text of ten megabytes %s', (_title, text) => {
  it('is held within a document, whose numbers alone are looked at', () => {
    expect(check(checkDocument, canonicalJson(JSON.stringify({ count: 1, text })))).toBe('held');
    expect(check(checkDocument, `${JSON.stringify([text]).slice(0, -1)},123456789012345678901]`)).toBe(
      'out_of_range',
    );
  });

  it('is held as an element', () => {
    const array = JSON.stringify(['', text, null]);
    const elements = { ...keptAsFloats, elements: 'text' as const };
    expect(() => {
      checkArray(array, elements, refuse);
    }).not.toThrow();
    expect(() => {
      checkArray(array, { ...elements, characters: 5 }, refuse);
    }).toThrow(expect.objectContaining({ code: 'value_too_long' }) as Error);
  });
});

describe('digits within texts', () => {
  it.each([
    ['{"12345678901234567890123":"\\\\","b":1}', 'held'],
    ['["\\"12345678901234567890123",2,"12345678901234567890123"]', 'held'],
    ['["\\\\",12345678901234567890123]', 'out_of_range'],
    ['{"a":"\\\\\\"","b":12345678901234567890123}', 'out_of_range'],
    ['12345678901234567890123', 'out_of_range'],
  ])('%s is %s', (document, outcome) => {
    expect(check(checkDocument, document)).toBe(outcome);
  });
});
