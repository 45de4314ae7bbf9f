import { sqlList } from './sql-list.js';

describe('sqlList', () => {
  it('writes flat lists, and nested ones in parentheses', () => {
    expect(sqlList([1n, 'a', null]).toSqlString()).toBe(`1, 'a', NULL`);
    expect(
      sqlList([
        [1n, Buffer.from('ff', 'hex')],
        [2n, true],
      ]).toSqlString(),
    ).toBe(`(1, X'ff'), (2, true)`);
    expect(sqlList([[1n]], 'row').toSqlString()).toBe('row(1)');
  });

  it('leaves no value a way out of its quotes', () => {
    const hostile = [`'`, `\\'`, `\0`, `'); drop table people; --`];
    expect(sqlList(hostile).toSqlString()).toBe(`'\\'', '\\\\\\'', '\\0', '\\'); drop table people; --'`);
  });
});
