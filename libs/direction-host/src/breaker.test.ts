import { Breaker } from './breaker.js';

describe('Breaker', () => {
  it('opens once when too many of the latest records are dead letters', () => {
    let opened = 0;
    const breaker = new Breaker(3, 5, () => (opened += 1));
    for (const deadLettered of [true, false, true, false, true, true]) breaker.record(deadLettered);
    expect(breaker.isOpen).toBe(true);
    expect(opened).toBe(1);
  });

  it('stays closed while the dead letters are spread out', () => {
    const breaker = new Breaker(3, 5, () => undefined);
    for (let round = 0; round < 20; round += 1) breaker.record(round % 3 === 0);
    expect(breaker.isOpen).toBe(false);
  });
});
