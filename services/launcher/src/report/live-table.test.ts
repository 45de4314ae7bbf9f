import { LiveTable, formatLiveTable } from './live-table.js';
import type { LiveFigures } from './live-figures.js';

const figures: LiveFigures = {
  tables: [
    { name: 'users', legacyRows: 120, revampRows: 120, moved: [61, 62] },
    { name: 'posts', legacyRows: 7, revampRows: 6, moved: [3, 4] },
  ],
  directions: [
    {
      name: 'legacy-to-revamp',
      url: 'http://127.0.0.1:8091',
      isUp: true,
      lagSeconds: { p50: 0.0204, p99: null },
      echoes: 3,
      openLooks: 1,
    },
    {
      name: 'revamp-to-legacy',
      url: 'http://127.0.0.1:8092',
      isUp: false,
      lagSeconds: { p50: null, p99: null },
      echoes: 0,
      openLooks: 0,
    },
  ],
};

describe('the live table', () => {
  test('shows rows of both sides, what moved each way, lag, echoes and looks', () => {
    expect(formatLiveTable(figures)).toEqual([
      '',
      'table  rows legacy  rows revamp  moved →  moved ←',
      'users          120          120       61       62',
      'posts            7            6        3        4',
      'legacy-to-revamp  up    lag p50 20 ms, p99 –  echoes stopped 3  second looks open 1',
      'revamp-to-legacy  DOWN  lag p50 –, p99 –  echoes stopped 0  second looks open 0',
    ]);
  });

  test('is redrawn in place on a terminal, and below whatever was said since', async () => {
    const written: string[] = [];
    const table = new LiveTable({ isTTY: true, write: (text) => written.push(text) }, async () => figures);
    await table.show();
    await table.show();
    table.say('a message');
    await table.show();
    const [first, second, , last] = written;
    expect(first?.startsWith('\u001b')).toBe(false);
    expect(second?.startsWith('\u001b[6A')).toBe(true);
    expect(last?.startsWith('\u001b')).toBe(false);
  });

  test('passes over figures that cannot be read for a moment', async () => {
    const written: string[] = [];
    const table = new LiveTable({ write: (text) => written.push(text) }, () =>
      Promise.reject(new Error('down')),
    );
    await table.show();
    expect(written).toEqual([]);
  });
});
