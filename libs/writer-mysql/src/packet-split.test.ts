import { splitByPacket } from './packet-split.js';

describe('splitByPacket', () => {
  it('keeps rows that fit together, in order', () => {
    const rows = [['a'], ['b'], ['c']];
    expect(splitByPacket(rows, 16_777_216, 'people')).toEqual([rows]);
    expect(splitByPacket([], 16_777_216, 'people')).toEqual([]);
  });

  it('starts another part before the packet overflows, counting bytes and not characters', () => {
    const row = ['ä'.repeat(3_000)];
    const parts = splitByPacket([row, row, row], 4_096 + 13_000, 'people');
    expect(parts.map((part) => part.length)).toEqual([2, 1]);
  });

  it('I8: refuses a row that fits no packet alone, without its value', () => {
    const refused = (): unknown => splitByPacket([['secret'.repeat(2_000)]], 8_192, 'people');
    expect(refused).toThrow(expect.objectContaining({ code: 'value_too_long' }) as Error);
    expect(refused).not.toThrow(/secret/);
  });
});
