import { Closers } from './closers.js';

describe('what has been opened', () => {
  let closed: string[];
  let closers: Closers;

  beforeEach(() => {
    closed = [];
    closers = new Closers();
  });

  function open(name: string, failure?: Error): void {
    closers.add(async () => {
      closed.push(name);
      if (failure !== undefined) throw failure;
    });
  }

  test('is closed in the opposite order, once', async () => {
    open('engines');
    open('services');
    await Promise.all([closers.closeAll(), closers.closeAll()]);
    expect(closed).toEqual(['services', 'engines']);
  });

  test('is closed to the end when one fails, and says which', async () => {
    open('engines');
    open('databases', new Error('the pool is gone'));
    open('services');
    await expect(closers.closeAll()).rejects.toThrow('the pool is gone');
    expect(closed).toEqual(['services', 'databases', 'engines']);
  });

  test('names every failure of several', async () => {
    open('engines', new Error('Kafka did not end'));
    open('databases', new Error('the pool is gone'));
    await expect(closers.closeAll()).rejects.toThrow('the pool is gone; Kafka did not end');
  });
});
