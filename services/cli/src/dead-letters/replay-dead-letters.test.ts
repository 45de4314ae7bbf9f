import {
  answerJson,
  nobody,
  runCommand,
  startApi,
  startDeafBroker,
  type AnswerRequest,
  type Ended,
  type Peer,
} from '../command-line-bench.js';

let broker: Peer;
let api: Peer | undefined;

beforeEach(async () => {
  broker = await startDeafBroker();
});

afterEach(async () => {
  await api?.stop();
  api = undefined;
  await broker.stop();
});

async function replayWith(answer: AnswerRequest, ...more: string[]): Promise<Ended> {
  api = await startApi(answer);
  return runCommand(['dlq', 'replay', ...more], {
    ROWBRIDGE_API_URL: `http://127.0.0.1:${api.port}`,
    KAFKA_BROKERS: `127.0.0.1:${broker.port}`,
  });
}

function replayWithoutApi(...more: string[]): Promise<Ended> {
  return runCommand(['dlq', 'replay', ...more], {
    ROWBRIDGE_API_URL: nobody,
    KAFKA_BROKERS: `127.0.0.1:${broker.port}`,
  });
}

const accepted = {
  replay: {
    requestId: '0b5c3f7e-6b0f-4a43-9d0a-3f1f4b0f6c11',
    dryRun: false,
    state: 'running',
    actor: 'operator',
    startedAt: '2026-11-21T05:00:00.000Z',
    endedAt: null,
    selected: 1,
    sent: 1,
    answered: 0,
    byOutcome: {},
    error: null,
  },
  results: [],
  nextCursor: null,
};

describe('dlq replay, where the control API fails', () => {
  test('a request that it may have taken is not made again over Kafka, and the fault says where to look', async () => {
    const { exitCode, err } = await replayWith((_request, response) => response.destroy(), '0-1');
    expect(exitCode).toBe(3);
    expect(err).toMatch(/gave no answer.*carried the request out is not known: rowbridge audit/);
    expect(broker.asked).toEqual([]);
  });

  test('an answer that breaks off in its middle counts as one that it may have taken', async () => {
    const { exitCode, err } = await replayWith((_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': '500' });
      response.write('{"replay":', () => response.destroy());
    }, '0-1');
    expect([exitCode, err]).toEqual([3, expect.stringContaining('gave no answer')]);
    expect(broker.asked).toEqual([]);
  });

  test('a replay that it accepted is followed until it is back, and not begun again over Kafka', async () => {
    const ended = { ...accepted.replay, state: 'completed', answered: 1, byOutcome: { applied: 1 } };
    const { exitCode, out } = await replayWith(
      (request, response, asked) => {
        if (request.method === 'POST') answerJson(response, accepted, 202);
        else if (asked.length < 4) response.destroy();
        else answerJson(response, { ...accepted, replay: ended });
      },
      '0-1',
      '--json',
    );
    expect([exitCode, JSON.parse(out)]).toMatchObject([0, { replay: { state: 'completed' } }]);
    expect(api?.asked.filter((asked) => asked.startsWith('POST'))).toHaveLength(1);
    expect(broker.asked).toEqual([]);
  });

  test.each([
    [['--all', '--yes'], /name dead letters by id.*--kafka/],
    [['--error-code', 'out_of_range'], /which dead letters were discarded/],
    [['--error-code', 'out_of_range', '--dry-run'], /which dead letters were discarded/],
    [['0-1', '--rate', '5'], /--rate is kept by it alone/],
  ])('%j is not asked of Kafka unless it is named', async (given, text) => {
    const { exitCode, err } = await replayWithoutApi(...given);
    expect({ exitCode, brokersAsked: broker.asked }).toEqual({ exitCode: 3, brokersAsked: [] });
    expect(err).toMatch(text);
  });

  test('a dead letter named by id is asked of Kafka', async () => {
    const ended = await replayWithoutApi('0-1', '--dry-run');
    expect(ended).toMatchObject({ exitCode: 3, err: expect.stringContaining('asking Kafka itself') });
    expect(broker.asked).not.toEqual([]);
  });

  test('with --json the fault is all that the error stream carries, also after Kafka was asked', async () => {
    const { err } = await replayWithoutApi('0-1', '--dry-run', '--json');
    expect(JSON.parse(err)).toMatchObject({ error: { exitCode: 3 } });
    expect(broker.asked).not.toEqual([]);
  });
});

describe('dlq replay --kafka', () => {
  const unconfirmed = /cannot know which dead letters were discarded.*--yes --even-discarded/;

  test.each([
    [['--all'], unconfirmed],
    [['--all', '--yes'], unconfirmed],
    [['--error-code', 'out_of_range', '--yes'], unconfirmed],
    [['--error-code', 'out_of_range', '--even-discarded'], unconfirmed],
    [['0-1', '--rate', '5'], /--rate is kept by the control API alone/],
    [['--table', 'users', '--dry-run'], /--table needs the control API/],
  ])('%j is refused before Kafka is asked', async (given, text) => {
    const ended = await replayWithoutApi('--kafka', `127.0.0.1:${broker.port}`, ...given);
    expect({ exitCode: ended.exitCode, brokersAsked: broker.asked }).toEqual({
      exitCode: 2,
      brokersAsked: [],
    });
    expect(ended.err).toMatch(text);
  });

  test('--even-discarded without --kafka is refused: the control API replays open ones only', async () => {
    const { exitCode, err } = await replayWithoutApi('--all', '--yes', '--even-discarded');
    expect([exitCode, err]).toEqual([2, expect.stringContaining('goes with --kafka')]);
  });
});
