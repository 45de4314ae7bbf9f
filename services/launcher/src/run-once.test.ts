import type { Play, PlayedRun } from './report/play-once.js';
import { runOnce } from './run-once.js';
import { waitUntil } from './scenario/wait-until.js';

const stuck: Play = async ({ onStep }) => {
  onStep?.('waiting until everything of earlier runs has crossed');
  return waitUntil<PlayedRun>(
    { what: 'every second look to close: 1 open', deadlineMs: 0 },
    async () => undefined,
  );
};

describe('one run that does not come to rest', () => {
  let printed: string[];
  let said: string[];

  beforeEach(() => {
    printed = [];
    said = [];
  });

  function run(
    json: boolean,
    play: Play = stuck,
    abortSignal = new AbortController().signal,
  ): Promise<number> {
    return runOnce({
      system: { system: 'legacy-revamp', stack: { startSeconds: 8.1234, logDirectory: '/data/logs' } },
      play,
      json,
      beganAt: performance.now() - 12_000,
      abortSignal,
      print: (line) => void printed.push(line),
      say: (text) => void said.push(text),
    });
  }

  test('is reported as one JSON object with the reason in it, and ends with 1', async () => {
    expect(await run(true)).toBe(1);
    expect(printed).toHaveLength(1);
    expect(JSON.parse(printed[0] ?? '')).toEqual({
      ok: false,
      system: 'legacy-revamp',
      seconds: expect.closeTo(12, 0),
      stack: { startSeconds: 8.123 },
      reason: 'waited 0 s in vain for every second look to close: 1 open',
    });
    expect(said.join('\n')).toMatch(/rowbridge\.second_looks.*\/data\/logs/s);
  });

  test('is reported to people with what was waited for and where to look', async () => {
    expect(await run(false)).toBe(1);
    expect(printed.join('\n')).toMatch(
      /^NOT OK: .*every second look to close: 1 open\n.*rowbridge\.second_looks.*still writes.*\/data\/logs$/s,
    );
    expect(said).toEqual(['waiting until everything of earlier runs has crossed']);
  });

  test('is not reported when it was told to end', async () => {
    const stopping = new AbortController();
    const endedWhileWaiting: Play = () => {
      stopping.abort(new Error('stopped by SIGINT'));
      return Promise.reject(new Error('the connection was closed'));
    };
    await expect(run(true, endedWhileWaiting, stopping.signal)).rejects.toThrow('stopped by SIGINT');
    expect(printed).toEqual([]);
  });
});
