import type { DirectionStatus } from '@rowbridge/control-protocol';
import type { OutgoingRecord } from '@rowbridge/kafka';
import { createLogger } from '@rowbridge/observability';
import { StatusReporter } from './status-reporter.js';

describe('StatusReporter', () => {
  let written: OutgoingRecord[];
  let lines: string[];
  let send: jest.Mock<Promise<void>, [string, readonly OutgoingRecord[]]>;
  let reporter: StatusReporter;

  beforeEach(() => {
    jest.useFakeTimers({ now: 0 });
    written = [];
    lines = [];
    send = jest.fn((_topic, records) => Promise.resolve(void written.push(...records)));
    const destination = { write: (line: string) => void lines.push(line) };
    reporter = new StatusReporter({
      producer: { send },
      describe: () =>
        ({ direction: 'one', instance: 'first', reportedAtMs: Date.now() }) as unknown as DirectionStatus,
      logger: createLogger({ name: 'test', level: 'warn', destination }),
    });
  });

  afterEach(() => jest.useRealTimers());

  const times = (): unknown[] =>
    written.map(
      ({ value }) => value && (JSON.parse(Buffer.from(value).toString()) as DirectionStatus).reportedAtMs,
    );

  it('reports at once and every second, and takes it back when it ends', async () => {
    reporter.start();
    await jest.advanceTimersByTimeAsync(2_000);
    await reporter.stop();
    await jest.advanceTimersByTimeAsync(5_000);
    expect(times()).toEqual([0, 1_000, 2_000, null]);
    expect(new Set(written.map(({ key }) => Buffer.from(key ?? '').toString()))).toEqual(
      new Set(['one/first']),
    );
  });

  it('sends a broker that does not answer no queue of what is past', async () => {
    let answer: () => void = () => undefined;
    send.mockImplementationOnce(() => new Promise((resolve) => (answer = resolve)));
    reporter.start();
    await jest.advanceTimersByTimeAsync(10_000);
    expect(send).toHaveBeenCalledTimes(1);
    answer();
    await jest.advanceTimersByTimeAsync(1_000);
    expect(times()).toEqual([11_000]);
    await reporter.stop();
  });

  it('goes on, and warns once, while the broker refuses', async () => {
    send.mockRejectedValueOnce(new Error('gone')).mockRejectedValueOnce(new Error('gone'));
    reporter.start();
    await jest.advanceTimersByTimeAsync(3_000);
    expect(times()).toEqual([2_000, 3_000]);
    expect(lines).toHaveLength(1);
    await reporter.stop();
  });
});
