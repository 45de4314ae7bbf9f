import { Patience } from './patience.js';

describe('Patience', () => {
  it('waits longer each time and gives up when the budget of the offset is spent', () => {
    const patience = new Patience(() => 100);
    const delays: number[] = [];
    while (patience.lasts('posts/0', 7n)) delays.push(patience.take('posts/0', 7n));
    expect(delays).toEqual([5, 10, 20, 40, 25]);
  });

  it('starts afresh at another offset, and for another partition', () => {
    const patience = new Patience(() => 5);
    patience.take('posts/0', 7n);
    expect(patience.lasts('posts/0', 7n)).toBe(false);
    expect(patience.lasts('posts/0', 8n)).toBe(true);
    expect(patience.lasts('posts/1', 7n)).toBe(true);
  });

  it('does not wait at all without a budget', () => {
    expect(new Patience(() => 0).lasts('posts/0', null)).toBe(false);
  });
});
