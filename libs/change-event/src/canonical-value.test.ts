import fastCheck from 'fast-check';
import { canonicalJson } from './canonical-json.js';
import { canonicalBytes } from './canonical-bytes.js';
import { canonicalFromEvent, canonicalFromServerText, canonicalUuid } from './canonical-value.js';

describe('canonicalJson', () => {
  it('sorts keys, drops white space and keeps every digit of a number', () => {
    expect(canonicalJson('{ "b": [1.0, 12345678901234567890.10], "a": {"d":null,"c":"\\u00e9"} }')).toBe(
      '{"a":{"c":"é","d":null},"b":[1,12345678901234567890.1]}',
    );
  });

  it('refuses what is not JSON, and a key repeated with another value', () => {
    for (const text of ['', '{', 'nul', '{"a":1,"a":2}', '{"__proto__":1}']) {
      expect(() => canonicalJson(text)).toThrow(expect.objectContaining({ code: 'unmappable_value' }));
    }
  });

  it('gives one text to a document however it is written, and keeps its own output', () => {
    fastCheck.assert(
      fastCheck.property(fastCheck.json({ noUnicodeString: false }), (text) => {
        fastCheck.pre(!text.includes('__proto__'));
        const canonical = canonicalJson(text);
        expect(canonicalJson(canonical)).toBe(canonical);
        expect(canonicalJson(JSON.stringify(JSON.parse(text), null, 2))).toBe(canonical);
      }),
    );
  });
});

describe('canonicalFromServerText', () => {
  it.each([
    ['boolean', 'postgres', 't', 'true'],
    ['boolean', 'mysql', '0', 'false'],
    ['instant', 'postgres', '2026-01-01 00:00:00.123+00', '2026-01-01T00:00:00.123000Z'],
    ['instant', 'mysql', '2026-01-01 00:00:00.123000', '2026-01-01T00:00:00.123000Z'],
    ['wall_clock', 'mysql', '2026-01-01 00:00:00', '2026-01-01T00:00:00.000000'],
    ['bytes', 'postgres', '\\xDEADbeef', 'deadbeef'],
    ['bytes', 'mysql', Buffer.from([0, 255]), '00ff'],
    ['decimal', 'mysql', '10.5000', '10.5'],
    ['float64', 'postgres', '1e-07', '1e-7'],
    ['json', 'postgres', '{"b": 1, "a": 2}', '{"a":2,"b":1}'],
    ['text', 'mysql', Buffer.from('Größe 🎈'), 'Größe 🎈'],
    ['text', 'postgres', '', ''],
    ['text', 'postgres', null, null],
  ] as const)('reads %s of %s', (...row) => {
    const [type, engineFamily, serverText, expected] = row;
    expect(canonicalFromServerText(type, engineFamily, serverText)).toBe(expected);
  });

  it('refuses an instant of PostgreSQL without zone, and text that is not UTF-8', () => {
    expect(() => canonicalFromServerText('instant', 'postgres', '2026-01-01 00:00:00')).toThrow('time zone');
    expect(() => canonicalFromServerText('text', 'mysql', Buffer.from([0xff]))).toThrow('UTF-8');
  });
});

describe('canonicalFromEvent', () => {
  it("reads MySQL's 1 and 0 as a declared boolean and refuses what else a TINYINT(1) holds", () => {
    expect(canonicalFromEvent('boolean', '1')).toBe('true');
    expect(canonicalFromEvent('boolean', '0')).toBe('false');
    expect(() => canonicalFromEvent('boolean', '2')).toThrow(
      expect.objectContaining({ code: 'out_of_range' }),
    );
  });

  it('passes NULL and never names the value it refuses', () => {
    expect(canonicalFromEvent('int64', null)).toBeNull();
    expect(() => canonicalFromEvent('int64', 'secret words')).toThrow(
      expect.objectContaining({ message: expect.not.stringContaining('secret') as string }),
    );
  });

  it('agrees with what both servers print for the same instant', () => {
    fastCheck.assert(
      fastCheck.property(
        fastCheck.date({ min: new Date('1970-01-02'), max: new Date('2037-12-31'), noInvalidDate: true }),
        fastCheck.integer({ min: 0, max: 999_999 }),
        (date, microseconds) => {
          const [day = '', clock = ''] = date.toISOString().slice(0, 19).split('T');
          const padded = String(microseconds).padStart(6, '0');
          const trimmed = padded.replace(/0+$/, '');
          const fraction = trimmed === '' ? '' : `.${trimmed}`;
          const fromEvent = canonicalFromEvent('instant', `${day}T${clock}${fraction}Z`);
          expect(canonicalFromServerText('instant', 'postgres', `${day} ${clock}${fraction}+00`)).toBe(
            fromEvent,
          );
          expect(canonicalFromServerText('instant', 'mysql', `${day} ${clock}.${padded}`)).toBe(fromEvent);
        },
      ),
    );
  });
});

describe('uuids and bytes', () => {
  it('read every usual way of writing', () => {
    const canonical = 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11';
    expect(canonicalUuid('A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11')).toBe(canonical);
    expect(canonicalUuid('{a0eebc999c0b4ef8bb6d6bb9bd380a11}')).toBe(canonical);
    expect(() => canonicalUuid('a0eebc99')).toThrow(expect.objectContaining({ code: 'unmappable_value' }));
    expect(() => canonicalBytes('abc')).toThrow(expect.objectContaining({ code: 'unmappable_value' }));
  });
});
