import { arrayElements, canonicalArray, canonicalJson } from './canonical-json.js';

describe('arrays', () => {
  it('keep every digit of a number and every letter of a text', () => {
    const canonical = canonicalArray('[ 9223372036854775807 , -1.50, "a,\\"]", true, null, "" ]');
    expect(canonical).toBe('[9223372036854775807,-1.5,"a,\\"]",true,null,""]');
    expect(arrayElements(canonical)).toEqual([
      { kind: 'number', text: '9223372036854775807' },
      { kind: 'number', text: '-1.5' },
      { kind: 'text', text: 'a,"]' },
      { kind: 'boolean', text: 'true' },
      { kind: 'null', text: 'null' },
      { kind: 'text', text: '' },
    ]);
  });

  it('of nothing have no elements', () => {
    expect(arrayElements(canonicalArray('[]'))).toEqual([]);
  });

  it.each(['[[1]]', '[{}]', '{}', '1', '"[]"'])('are not read from %s', (text) => {
    expect(() => canonicalArray(text)).toThrow(expect.objectContaining({ code: 'unmappable_value' }));
  });
});

describe('documents nested deeply', () => {
  it('are read or refused, at whatever depth', () => {
    for (let depth = 500; depth <= 15_000; depth += 500) {
      const document = `${'['.repeat(depth)}1${']'.repeat(depth)}`;
      let outcome: string;
      try {
        outcome = canonicalJson(document);
      } catch (error) {
        outcome = (error as { readonly code: string }).code;
      }
      expect(outcome === document || outcome === 'unmappable_value').toBe(true);
    }
  });
});
