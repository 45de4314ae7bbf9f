import { waitFor } from '@rowbridge/testing';
import { LiveTable } from './report/live-table.js';
import type { Play, PlayedRun } from './report/play-once.js';
import { waitUntil } from './scenario/wait-until.js';
import { stayUp } from './stay-up.js';

describe('a system that stays up', () => {
  test('says that its run did not come to rest, shows where everything answers, and goes on until told to end', async () => {
    let shown = '';
    const stopping = new AbortController();
    const stuck: Play = () =>
      waitUntil<PlayedRun>(
        { what: 'every second look to close: 1 open', deadlineMs: 0 },
        async () => undefined,
      );
    let end: unknown = 'none yet';
    const staying = stayUp({
      play: stuck,
      table: new LiveTable({ write: (text) => (shown += text) }, () =>
        Promise.resolve({ tables: [], directions: [] }),
      ),
      addresses: ['legacy: PostgreSQL on 127.0.0.1:5432'],
      logDirectory: '/data/logs',
      abortSignal: stopping.signal,
    }).catch((failure: unknown) => (end = failure));
    await waitFor(() => end !== 'none yet' || shown.includes('table'), {
      what: 'the table to be shown',
      deadlineMs: 5_000,
    });
    expect(end).toBe('none yet');
    expect(shown).toMatch(
      /NOT OK: .*every second look to close: 1 open\n.*second_looks.*Logs: \/data\/logs\n.*stays up.*\nlegacy: PostgreSQL/s,
    );
    stopping.abort(new Error('stopped by SIGINT'));
    await staying;
    expect(end).toEqual(new Error('stopped by SIGINT'));
  });
});
