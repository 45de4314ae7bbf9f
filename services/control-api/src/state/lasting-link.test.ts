import { createLogger } from '@rowbridge/observability';
import { LastingLink } from './lasting-link.js';

const logger = createLogger({ name: 'test', level: 'fatal' });

/** Something outside that comes up when the test lets it. */
class Outside {
  readonly waits: number[] = [];
  readonly closed: string[] = [];
  attempts = 0;
  isUp = false;
  private wakeUp: () => void = () => undefined;

  readonly link = new LastingLink<string>({
    dependency: 'kafka',
    logger,
    open: () => {
      this.attempts += 1;
      return this.isUp ? Promise.resolve(`link ${this.attempts}`) : Promise.reject(new Error('refused'));
    },
    close: (value) => Promise.resolve(void this.closed.push(value)),
    wait: (milliseconds, stopped) =>
      new Promise((resolve) => {
        this.waits.push(milliseconds);
        this.wakeUp = resolve;
        stopped.addEventListener('abort', () => resolve(), { once: true });
      }),
  });

  /** Lets the pause between two attempts pass. */
  async next(): Promise<void> {
    this.wakeUp();
    await turns();
  }
}

/** Lets everything run that waits for nothing outside. */
const turns = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('a link to something outside', () => {
  it('says 503 with the name and the reason until it is open, and hands out what it opened then', async () => {
    const outside = new Outside();
    outside.link.start();
    await turns();
    expect(outside.link.isOpen).toBe(false);
    expect(() => outside.link.require()).toThrow(
      expect.objectContaining({
        status: 503,
        options: expect.objectContaining({
          dependency: 'kafka',
          cause: expect.objectContaining({ message: 'refused' }) as object,
        }) as object,
      }),
    );
    outside.isUp = true;
    await outside.next();
    expect([outside.link.isOpen, outside.link.require()]).toEqual([true, 'link 2']);
    await outside.link.close();
  });

  it('is tried again ever more slowly, up to every 5 s, and not any more once it is open', async () => {
    const outside = new Outside();
    outside.link.start();
    await turns();
    for (let count = 0; count < 6; count += 1) await outside.next();
    expect(outside.waits).toEqual([250, 500, 1_000, 2_000, 4_000, 5_000, 5_000]);
    outside.isUp = true;
    await outside.next();
    await outside.next();
    expect([outside.attempts, outside.waits.length]).toEqual([8, 7]);
    await outside.link.close();
  });

  it('tells each who waits for it once, in order, and at once who comes later', async () => {
    const outside = new Outside();
    const told: string[] = [];
    outside.link.whenOpen((value) => told.push(`first ${value}`));
    outside.link.whenOpen((value) => told.push(`second ${value}`));
    outside.isUp = true;
    outside.link.start();
    expect(told).toEqual([]);
    await turns();
    outside.link.whenOpen((value) => told.push(`third ${value}`));
    expect(told).toEqual(['first link 1', 'second link 1', 'third link 1']);
    await outside.link.close();
  });

  it('closes what it opened, once, and is not open any more', async () => {
    const outside = new Outside();
    outside.isUp = true;
    outside.link.start();
    await turns();
    await outside.link.close();
    await outside.link.close();
    expect(outside.closed).toEqual(['link 1']);
    expect(() => outside.link.require()).toThrow(expect.objectContaining({ status: 503 }));
  });

  it('is opened anew when asked, as often as it takes, and closes each of what it opened once', async () => {
    const outside = new Outside();
    outside.isUp = true;
    outside.link.start();
    // It is being opened: that is left to it.
    outside.link.reopen();
    await turns();
    outside.isUp = false;
    outside.link.reopen();
    await turns();
    expect([outside.link.isOpen, outside.closed]).toEqual([false, ['link 1']]);
    outside.isUp = true;
    await outside.next();
    expect(outside.link.require()).toBe('link 3');
    await outside.link.close();
    outside.link.reopen();
    await turns();
    expect([outside.attempts, outside.closed]).toEqual([3, ['link 1', 'link 3']]);
  });

  it('gives up between two attempts when it is closed, with nothing to close', async () => {
    const outside = new Outside();
    outside.link.start();
    await turns();
    await outside.link.close();
    expect([outside.attempts, outside.closed]).toEqual([1, []]);
  });
});
