import { CounterHistory, countedSince } from './counter-history.js';
import { histogramQuantile } from './histogram-quantile.js';
import { parseMetrics } from './metrics-text.js';

describe('reading what services count', () => {
  test('reads names, labels with escapes, and values of the text format', () => {
    const text = [
      '# HELP sync_events_total Records by outcome',
      '# TYPE sync_events_total counter',
      'sync_events_total{direction="legacy-to-revamp",outcome="applied"} 12',
      'odd{text="a \\"quoted\\", \\\\ back\\nslash"} 1.5e3 1700000000000',
      'plain 0.25',
      'latency_bucket{le="+Inf"} 3',
      '',
    ].join('\n');
    expect(parseMetrics(text)).toEqual([
      { name: 'sync_events_total', labels: { direction: 'legacy-to-revamp', outcome: 'applied' }, value: 12 },
      { name: 'odd', labels: { text: 'a "quoted", \\ back\nslash' }, value: 1_500 },
      { name: 'plain', labels: {}, value: 0.25 },
      { name: 'latency_bucket', labels: { le: '+Inf' }, value: 3 },
    ]);
  });

  test('keeps what was counted before a restart', () => {
    const history = new CounterHistory();
    const observe = (value: number): void =>
      history.observe([{ name: 'events', labels: { outcome: 'applied' }, value }]);
    observe(10);
    const before = history.snapshot();
    observe(14);
    observe(3);
    observe(5);
    expect(countedSince(before, history.snapshot())).toEqual([
      { name: 'events', labels: { outcome: 'applied' }, total: 9 },
    ]);
  });

  test('counts a series that appears later from zero', () => {
    const history = new CounterHistory();
    const before = history.snapshot();
    history.observe([{ name: 'events', labels: {}, value: 2 }]);
    expect(countedSince(before, history.snapshot())).toEqual([{ name: 'events', labels: {}, total: 2 }]);
  });
});

describe('quantiles of a histogram', () => {
  const bucket = (bound: string, total: number, table = 'users') => ({
    name: 'latency_bucket',
    labels: { le: bound, table },
    total,
  });

  test('are linear within a bucket, over all label sets together', () => {
    const series = [
      bucket('0.01', 0),
      bucket('0.02', 5),
      bucket('+Inf', 5),
      bucket('0.02', 5, 'posts'),
      bucket('+Inf', 5, 'posts'),
    ];
    expect(histogramQuantile(series, 'latency', 0.5)).toBeCloseTo(0.015);
    expect(histogramQuantile(series, 'latency', 1)).toBeCloseTo(0.02);
  });

  test('end at the last finite bound', () => {
    expect(histogramQuantile([bucket('1', 1), bucket('+Inf', 10)], 'latency', 0.99)).toBe(1);
  });

  test('are unknown where nothing was observed', () => {
    expect(histogramQuantile([bucket('1', 0), bucket('+Inf', 0)], 'latency', 0.5)).toBeNull();
    expect(histogramQuantile([], 'latency', 0.5)).toBeNull();
  });
});
