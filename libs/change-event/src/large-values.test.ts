import { arrayElements } from './canonical-json.js';
import { connectShape, readConnectValue } from './connect-json.js';

const megabytes = 5 * 1_024 * 1_024;

describe('values of megabytes', () => {
  const shape = connectShape({ type: 'bytes' });

  it('I8: are read as bytes from JSON', () => {
    const bytes = Buffer.alloc(megabytes, 'some bytes');
    expect(bytes.equals(readConnectValue(shape, bytes.toString('base64')) as Buffer)).toBe(true);
  });

  it.each(['A', 'AB', 'ABC', 'A===', '====', 'AB=C', 'AB==CDEF', 'AB C', 'ABCDE==='])(
    'refuse %s as bytes',
    (text) => {
      expect(() => readConnectValue(shape, text)).toThrow(/not of the type/);
    },
  );

  it.each(['', 'AA==', 'AAA=', 'AAAA', 'AAAAAA=='])('take %s as bytes', (text) => {
    expect((readConnectValue(shape, text) as Buffer).toString('base64')).toBe(text);
  });

  it('are elements of an array', () => {
    const text = 'a "quoted" text, [as it is]'.repeat(1_000).padEnd(megabytes, 'x');
    expect(arrayElements(JSON.stringify([text, null]))).toEqual([
      { kind: 'text', text },
      { kind: 'null', text: 'null' },
    ]);
  });
});
