import { Patience } from './patience.js';

describe('Patience', () => {
  it('waits longer each time and gives up when its budget is spent', () => {
    const patience = new Patience(100);
    const delays: (number | null)[] = [];
    for (let round = 0; round < 7; round += 1) delays.push(patience.take());
    expect(delays).toEqual([5, 10, 20, 40, 25, null, null]);
  });

  it('does not wait at all without a budget', () => {
    expect(new Patience(0).take()).toBeNull();
  });
});
