import { Breaker } from './breaker.js';

describe('Breaker', () => {
  it('opens once when too many of the latest records are dead letters', () => {
    let opened = 0;
    const breaker = new Breaker(3, 5, () => (opened += 1));
    for (const deadLettered of [true, false, true, false, true, true]) breaker.record(deadLettered);
    expect(breaker.isOpen).toBe(true);
    expect(opened).toBe(1);
  });

  it('judges by a rule that was changed, and remembers what it saw before', () => {
    let opened = 0;
    const breaker = new Breaker(3, 5, () => (opened += 1));
    for (const deadLettered of [true, true, false, false, false, false, true]) breaker.record(deadLettered);
    breaker.configure(3, 20);
    breaker.record(true);
    expect(opened).toBe(0);
    breaker.record(true);
    expect(opened).toBe(1);
    breaker.configure(2, 1);
    expect(breaker.isOpen).toBe(false);
  });

  it('stays closed while the dead letters are spread out', () => {
    const breaker = new Breaker(3, 5, () => undefined);
    for (let round = 0; round < 20; round += 1) breaker.record(round % 3 === 0);
    expect(breaker.isOpen).toBe(false);
  });
});
