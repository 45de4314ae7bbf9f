import type { ConnectorStatus, SourceOffset } from 'debezium-connect-client';
import { createLogger } from '@rowbridge/observability';
import { ConnectorWatch, type ConnectorSeen } from './connector-watch.js';

type TaskState = ConnectorStatus['tasks'][number]['state'];

function status(
  state: ConnectorStatus['state'],
  task: TaskState,
  trace: string | null = null,
): ConnectorStatus {
  return { state, trace: null, tasks: [{ id: 0, state: task, worker: 'one', trace }] };
}

const unassigned: ConnectorSeen = {
  state: 'UNASSIGNED',
  problem: 'No worker of Kafka Connect runs the connector legacy',
};

const committed: SourceOffset = {
  engine: 'postgres',
  lsn: '1',
  lsnProc: null,
  lsnCommit: null,
  snapshotting: false,
};

const beating = {
  'connector.class': 'io.debezium.connector.postgresql.PostgresConnector',
  'topic.prefix': 'legacy',
  'heartbeat.interval.ms': '1000',
};

describe('ConnectorWatch', () => {
  let lastKnown: SourceOffset | null;
  let answer: ConnectorStatus | null | Error;
  let states: string[];
  let failures: string[];
  let restarts: number;
  let offset: SourceOffset | Error;
  let retained: (readonly [SourceOffset | null, bigint | null])[];
  let logEnd: bigint | Error;
  let beats: boolean;
  let watch: ConnectorWatch;

  beforeEach(() => {
    jest.useFakeTimers({ now: 0 });
    states = [];
    failures = [];
    restarts = 0;
    offset = { ...committed };
    retained = [];
    logEnd = 7n;
    beats = false;
    watch = new ConnectorWatch({
      connect: {
        status: () => (answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer)),
        configuration: () => Promise.resolve(beating),
        offsets: () => Promise.resolve([]),
        committedSourceOffset: () =>
          offset instanceof Error ? Promise.reject(offset) : Promise.resolve(offset),
        restart: () => Promise.resolve(void (restarts += 1)),
      } as unknown as ConstructorParameters<typeof ConnectorWatch>[0]['connect'],
      connector: { name: 'legacy', epoch: 1 },
      admin: {
        topicOffsets: () =>
          Promise.resolve([{ partition: 0, low: 0n, high: beats ? BigInt(Date.now()) : 0n }]),
      },
      tableTopics: [],
      readLogEnd: () => Promise.resolve('~'),
      readRetainedLog: (known) => {
        lastKnown = known;
        return logEnd instanceof Error ? Promise.reject(logEnd) : Promise.resolve(logEnd);
      },
      metrics: {
        connectorState: (_name, state) => void states.push(state),
        sourceLogRetained: (_name, bytes) => void retained.push([lastKnown, bytes]),
      },
      failed: ({ message }) => void failures.push(message),
      logger: createLogger({ name: 'test', level: 'fatal', destination: { write: () => undefined } }),
      now: Date.now,
    });
  });

  afterEach(async () => {
    await watch.stop();
    jest.useRealTimers();
  });

  const look = async (seconds = 0): Promise<void> => {
    if (seconds === 0) watch.start();
    await jest.advanceTimersByTimeAsync(seconds * 1_000);
  };

  it('tells why a task has failed by the first line of its trace, once', async () => {
    answer = status('RUNNING', 'FAILED', 'ConnectException: the slot is gone\n\tat Frame\nCaused by: row 7');
    await look();
    await look(10);
    const problem = 'Task 0 of the connector legacy has failed: ConnectException: the slot is gone';
    expect(watch.seen).toEqual({ state: 'FAILED', problem });
    expect(failures).toEqual([problem]);
    expect(states).toEqual(['FAILED', 'FAILED', 'FAILED']);
  });

  it.each<[string, ConnectorStatus | null | Error, ConnectorSeen]>([
    ['runs', status('RUNNING', 'RUNNING'), { state: 'RUNNING', problem: null }],
    ['was paused by somebody', status('PAUSED', 'PAUSED'), { state: 'PAUSED', problem: null }],
    ['runs again in a moment', status('RUNNING', 'RESTARTING'), { state: 'RESTARTING', problem: null }],
    ['runs and whose task no worker runs', status('RUNNING', 'UNASSIGNED'), unassigned],
    ['runs and has no task', { state: 'RUNNING', trace: null, tasks: [] }, unassigned],
    ['no worker runs', { state: 'UNASSIGNED', trace: null, tasks: [] }, unassigned],
    ['is not there', null, { state: 'MISSING', problem: 'Kafka Connect has no connector legacy' }],
    [
      'cannot be asked for',
      new Error('refused'),
      { state: 'UNKNOWN', problem: 'Kafka Connect does not answer' },
    ],
  ])('tells of a connector that %s', async (_case, given, seen) => {
    answer = given;
    await look();
    expect(watch.seen).toEqual(seen);
    expect(failures).toEqual([]);
  });

  it('restarts a connector that runs and reads nothing, and leaves a failed one to a person', async () => {
    answer = status('RUNNING', 'RUNNING');
    await look();
    await look(20);
    expect(restarts).toBe(1);
    answer = status('FAILED', 'FAILED');
    await look(60);
    expect(restarts).toBe(1);
  });

  it('leaves a connector alone that beats, however long Kafka Connect takes to flush its offsets', async () => {
    answer = status('RUNNING', 'RUNNING');
    beats = true;
    await look();
    await look(1_200);
    expect(restarts).toBe(0);
    beats = false;
    await look(25);
    expect(restarts).toBe(1);
  });

  it('measures the log kept for a connector that has failed, too, from where it was last known to be', async () => {
    answer = status('FAILED', 'FAILED');
    await look();
    offset = new Error('Kafka Connect does not answer');
    logEnd = 9_000n;
    await look(15);
    logEnd = new Error('the database does not answer');
    await look(15);
    expect(retained).toEqual([
      [committed, 7n],
      [committed, 9_000n],
      [committed, null],
    ]);
  });
});
