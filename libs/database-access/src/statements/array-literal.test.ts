import { arrayLiteral } from './array-literal.js';

describe('arrayLiteral', () => {
  it('quotes every element, so that the word NULL and the empty string are not null', () => {
    expect(arrayLiteral(['NULL', '', null, 'a,b', '{}'])).toBe('{"NULL","",NULL,"a,b","{}"}');
  });

  it('escapes quotes and backslashes', () => {
    expect(arrayLiteral(['say "x"', '\\', '\\"'])).toBe('{"say \\"x\\"","\\\\","\\\\\\""}');
  });

  it('writes numbers, large integers and booleans as their text', () => {
    expect(arrayLiteral([1, 9_223_372_036_854_775_807n, true])).toBe('{"1","9223372036854775807","true"}');
  });
});
