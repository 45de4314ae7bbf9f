import { compareRowKeys } from './compare-row-keys.js';

describe('compareRowKeys', () => {
  it('orders integers by value, negative ones and those beyond a double included', () => {
    const byKey = compareRowKeys({ key: [{ name: 'id', type: 'int64' }] });
    const ordered = [
      '-9223372036854775808',
      '-10',
      '-9',
      '0',
      '9',
      '10',
      '9007199254740992',
      '9007199254740993',
    ];
    expect([...ordered].reverse().sort(byKey)).toEqual(ordered);
  });

  it('orders composite keys column by column', () => {
    const byKey = compareRowKeys({
      key: [
        { name: 'store', type: 'text' },
        { name: 'number', type: 'int64' },
      ],
    });
    const ordered = ['["a","9"]', '["a","10"]', '["b","1"]'];
    expect([...ordered].reverse().sort(byKey)).toEqual(ordered);
  });
});
