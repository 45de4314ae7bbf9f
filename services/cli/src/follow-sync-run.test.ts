import type { SyncRun } from '@rowbridge/control-protocol';
import type { ServerResponse } from 'node:http';
import { answerJson, runCommand, startApi, type AnswerRequest, type Peer } from './command-line-bench.js';

let api: Peer | undefined;

afterEach(async () => {
  await api?.stop();
  api = undefined;
});

const running: SyncRun = {
  id: 'run-1',
  state: 'running',
  phase: 'reading',
  trigger: 'manual',
  actor: 'operator',
  reset: false,
  filter: null,
  directions: [],
  estimatedRows: 10,
  rowsRead: 0,
  rowsApplied: 0,
  percent: 0,
  conflicts: 0,
  error: null,
  startedAt: '2026-11-21T05:00:00.000Z',
  endedAt: null,
};
const completed: SyncRun = { ...running, state: 'completed', phase: null, percent: 100 };
const schedule = {
  enabled: false,
  cron: '0 3 * * *',
  timeZone: 'UTC',
  nextAt: null,
  lastAt: null,
  lastOutcome: null,
};

/** Answers of one attempt after the other to one path; the last stands for all that follow. */
type Attempts = readonly [...((response: ServerResponse) => void)[], (response: ServerResponse) => void];

const tell =
  (run: SyncRun): Attempts[0] =>
  (response) =>
    answerJson(response, { state: run.state, run, schedule });
const breakOff: Attempts[0] = (response) => response.destroy();

function streamThen(end: (response: ServerResponse) => void): Attempts[0] {
  return (response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write(`id: epoch-1\nevent: run\ndata: ${JSON.stringify({ run: running })}\n\n`, () =>
      end(response),
    );
  };
}

function syncApi(attempts: { readonly status: Attempts; readonly stream: Attempts }): AnswerRequest {
  const pick = (path: string, answers: Attempts, asked: readonly string[]): Attempts[0] =>
    answers[Math.min(asked.filter((entry) => entry === path).length, answers.length) - 1] ?? breakOff;
  return (_request, response, asked) => {
    const path = asked.at(-1);
    if (path === 'POST /api/v1/sync/trigger') {
      const plan = { reset: false, estimatedRows: 10, signals: [] };
      answerJson(response, { dryRun: false, run: running, plan }, 202);
    } else if (path === 'POST /api/v1/stream-ticket') {
      answerJson(response, { ticket: 'ticket', expiresAt: '2026-11-21T05:01:00.000Z' });
    } else if (path === 'GET /api/v1/sync/stream') pick(path, attempts.stream, asked)(response);
    else pick('GET /api/v1/sync/status', attempts.status, asked)(response);
  };
}

describe('sync trigger --wait', () => {
  const badGateway: Attempts[0] = (response) => response.writeHead(502).end();

  test.each<[string, Parameters<typeof syncApi>[0]]>([
    ['a stream that is reset', { stream: [streamThen(breakOff)], status: [tell(running), tell(completed)] }],
    [
      'a stream that ends',
      { stream: [streamThen((response) => response.end())], status: [tell(running), tell(completed)] },
    ],
    [
      'a control API that is away for a while',
      {
        stream: [streamThen(breakOff)],
        status: [tell(running), breakOff, badGateway, tell(completed)],
      },
    ],
    ['a stream that is refused', { stream: [badGateway], status: [tell(running), tell(completed)] }],
  ])('%s does not end the watch: the run does', async (_title, attempts) => {
    api = await startApi(syncApi(attempts));
    const { exitCode, out, err } = await runCommand(['sync', 'trigger', '--wait', '--json'], {
      ROWBRIDGE_API_URL: `http://127.0.0.1:${api.port}`,
    });
    expect({ exitCode, err }).toEqual({ exitCode: 0, err: '' });
    expect(JSON.parse(out)).toMatchObject({ id: 'run-1', state: 'completed' });
    expect(api.asked.filter((entry) => entry === 'POST /api/v1/sync/trigger')).toHaveLength(1);
  });
});
