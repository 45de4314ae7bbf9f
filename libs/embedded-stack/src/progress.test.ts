import { createProgressReporter, formatProgress } from './progress.js';

function recordingStream(isTTY: boolean): {
  written: string[];
  write(text: string): void;
  isTTY: boolean;
  columns: number;
} {
  const written: string[] = [];
  return { written, write: (text) => void written.push(text), isTTY, columns: 120 };
}

describe('progress', () => {
  test('of a download shows a bar and both sizes', () => {
    const line = formatProgress({
      item: 'Kafka',
      phase: 'fetching',
      doneBytes: 25_000_000,
      totalBytes: 100_000_000,
    });
    expect(line).toMatch(/^Kafka +██████░{18} 25\.0 \/ 100\.0 MB fetching$/);
  });

  test('of a start shows how long it took and where it listens', () => {
    const line = formatProgress({ item: 'Kafka', phase: 'ready', seconds: 1.84, detail: '127.0.0.1:9092' });
    expect(line).toMatch(/^Kafka +ready in 1\.8 s 127\.0\.0\.1:9092$/);
  });

  test('without a terminal is plain lines, at most one every five seconds for a running download', () => {
    const stream = recordingStream(false);
    let clock = 0;
    const report = createProgressReporter(stream, () => clock);
    for (const doneBytes of [0, 10, 20, 100]) {
      report({ item: 'Kafka', phase: 'fetching', doneBytes, totalBytes: 100 });
      clock += 1_000;
    }
    expect(stream.written).toHaveLength(2);
    expect(stream.written.join('')).not.toContain('\u001b');
  });

  test('on a terminal redraws the line of each item in place', () => {
    const stream = recordingStream(true);
    const report = createProgressReporter(stream, () => 0);
    report({ item: 'Kafka', phase: 'starting' });
    report({ item: 'MariaDB', phase: 'starting' });
    report({ item: 'Kafka', phase: 'ready' });
    const last = stream.written.at(-1) ?? '';
    expect(last.startsWith('\u001b[2A')).toBe(true);
    expect(last).toContain('Kafka                          ready');
    expect(last).toContain('MariaDB                        starting');
  });
});
