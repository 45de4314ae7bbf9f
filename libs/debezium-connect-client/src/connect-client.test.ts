import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ConnectClient } from './connect-client.js';
import type { ConnectClientOptions } from './connect-http.js';
import { ConnectRequestError } from './connect-request-error.js';

interface SeenRequest {
  readonly method: string;
  readonly path: string;
  readonly authorization: string | undefined;
  readonly body: unknown;
}

interface Answer {
  readonly status: number;
  /** Sent as it is when a string, as JSON otherwise; `hang` answers nothing. */
  readonly body: unknown;
}

/** A Kafka Connect that says what a test tells it to, in order; the last answer repeats. */
class ScriptedConnect {
  readonly seen: SeenRequest[] = [];
  #answers: readonly Answer[] = [];
  readonly #server: Server;

  constructor() {
    this.#server = createServer((request, response) => void this.#answer(request, response));
  }

  async start(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  says(...answers: readonly Answer[]): void {
    this.#answers = answers;
    this.seen.length = 0;
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const text = Buffer.concat(chunks).toString('utf8');
    const answer = this.#answers[Math.min(this.seen.length, this.#answers.length - 1)];
    this.seen.push({
      method: request.method ?? '',
      path: request.url ?? '',
      authorization: request.headers.authorization,
      body: text === '' ? null : JSON.parse(text),
    });
    if (answer === undefined || answer.body === 'hang') return;
    response.writeHead(answer.status, { 'content-type': 'application/json' });
    response.end(typeof answer.body === 'string' ? answer.body : JSON.stringify(answer.body));
  }
}

const secret = 'p4ss "w/ord';
const configuration = {
  'connector.class': 'io.debezium.connector.postgresql.PostgresConnector',
  'database.password': secret,
  'database.hostname': 'db',
};

describe('the Kafka Connect client', () => {
  const connect = new ScriptedConnect();
  let waits: number[] = [];

  beforeAll(() => connect.start());
  afterAll(() => connect.stop());
  beforeEach(() => {
    waits = [];
  });

  function client(options: Partial<ConnectClientOptions> = {}): ConnectClient {
    return new ConnectClient({
      url: `http://127.0.0.1:${connect.port}`,
      wait: async (milliseconds) => {
        waits.push(milliseconds);
      },
      ...options,
    });
  }

  async function failure(request: Promise<unknown>): Promise<ConnectRequestError> {
    const error: unknown = await request.then(
      () => undefined,
      (reason: unknown) => reason,
    );
    if (!(error instanceof ConnectRequestError)) throw new Error('expected a ConnectRequestError');
    return error;
  }

  it('tells a created connector from an updated one', async () => {
    connect.says({ status: 201, body: {} }, { status: 200, body: {} });
    expect(await client().createOrUpdate('legacy', configuration)).toBe('created');
    expect(await client().createOrUpdate('legacy', configuration)).toBe('updated');
    expect(connect.seen[0]).toMatchObject({
      method: 'PUT',
      path: '/connectors/legacy/config',
      body: configuration,
    });
  });

  it('encodes a connector name that has slashes and spaces', async () => {
    connect.says({ status: 204, body: '' });
    await client().pause('a b/c');
    expect(connect.seen[0]?.path).toBe('/connectors/a%20b%2Fc/pause');
  });

  it('waits out a rebalance, longer each time, up to its limit', async () => {
    const rebalancing = { status: 409, body: { error_code: 409, message: 'rebalance in progress' } };
    connect.says(rebalancing, rebalancing, rebalancing, rebalancing, { status: 200, body: {} });
    await client({ firstDelayMs: 100, longestDelayMs: 300 }).createOrUpdate('legacy', configuration);
    expect(waits).toEqual([100, 200, 300, 300]);
  });

  it('gives up on a rebalance that does not end', async () => {
    connect.says({ status: 409, body: { error_code: 409, message: 'rebalance in progress' } });
    const error = await failure(client({ attempts: 3 }).restart('legacy'));
    expect(error).toMatchObject({ status: 409, operation: 'restart', connector: 'legacy' });
    expect(connect.seen).toHaveLength(3);
  });

  it('never repeats a secret that an answer echoes, in whatever form', async () => {
    const echoed = `bad value ${secret} or ${JSON.stringify(secret)} or ${encodeURIComponent(secret)}, password=hunter2`;
    connect.says({ status: 400, body: { error_code: 400, message: echoed } });
    const error = await failure(client().createOrUpdate('legacy', configuration));
    expect(error.message).toContain('createOrUpdate legacy: bad value ***');
    for (const form of [secret, 'w/ord', 'w%2Ford', 'hunter2']) expect(error.message).not.toContain(form);
    expect(JSON.stringify(error)).not.toContain('w/ord');
  });

  it('keeps secrets out of task traces and validation messages', async () => {
    connect.says({
      status: 200,
      body: { configs: [{ value: { name: 'database.hostname', errors: [`no login with ${secret}`] } }] },
    });
    const one = client();
    expect(await one.validate('legacy', configuration)).toEqual([
      { property: 'database.hostname', errors: ['no login with ***'] },
    ]);
    connect.says({
      status: 200,
      body: {
        name: 'legacy',
        connector: { state: 'RUNNING', worker_id: 'one:8083' },
        tasks: [{ id: 0, state: 'FAILED', worker_id: 'one:8083', trace: `refused: ${secret}` }],
      },
    });
    expect(await one.status('legacy')).toEqual({
      state: 'RUNNING',
      trace: null,
      tasks: [{ id: 0, state: 'FAILED', worker: 'one:8083', trace: 'refused: ***' }],
    });
  });

  it('sends the user of its address as a header and names the address without them', async () => {
    connect.says({ status: 200, body: ['legacy'] });
    const url = `http://operator:s3cret@127.0.0.1:${connect.port}`;
    expect(await client({ url }).list()).toEqual(['legacy']);
    expect(connect.seen[0]?.authorization).toBe(`Basic ${Buffer.from('operator:s3cret').toString('base64')}`);
    const error = await failure(client({ url: 'http://operator:s3cret@127.0.0.1:1' }).list());
    expect(error).toMatchObject({ status: null, unreachable: true });
    expect(error.message).toContain('127.0.0.1:1');
    expect(error.message).not.toContain('s3cret');
  });

  it('does not wait for ever for an answer', async () => {
    connect.says({ status: 200, body: 'hang' });
    const error = await failure(client({ timeoutMs: 50 }).list());
    expect(error.message).toBe(
      `list: no answer from Kafka Connect at http://127.0.0.1:${connect.port}: none within 50 ms`,
    );
  });

  it('says so when something else answers', async () => {
    connect.says({ status: 200, body: '<html>' });
    expect((await failure(client().list())).message).toContain('is this the address of Kafka Connect?');
  });

  it('has nothing to say of a connector that is not there', async () => {
    connect.says({ status: 404, body: { error_code: 404, message: 'Connector legacy not found' } });
    expect(await client().status('legacy')).toBeNull();
    expect(await client().configuration('legacy')).toBeNull();
    expect(await client().committedSourceOffset('legacy')).toBeNull();
    expect(await client().delete('legacy')).toBe(false);
    expect((await failure(client().pause('legacy'))).status).toBe(404);
  });

  it('plans what applying would change, with secrets masked', async () => {
    connect.says({ status: 200, body: { ...configuration, name: 'legacy', 'poll.interval.ms': '500' } });
    const desired = { ...configuration, 'database.password': 'another', 'heartbeat.interval.ms': '1000' };
    expect(await client().plan('legacy', desired)).toEqual({
      action: 'update',
      added: [{ property: 'heartbeat.interval.ms', from: null, to: '1000' }],
      changed: [{ property: 'database.password', from: '***', to: '***' }],
      removed: [{ property: 'poll.interval.ms', from: '500', to: null }],
    });
  });

  it('reads a committed position beyond 2^53 without losing a digit', async () => {
    const offset =
      '{"offset":{"lsn":9007199254740993,"lsn_commit":9007199254740991,"ts_usec":1},"partition":{}}';
    connect.says({ status: 200, body: configuration }, { status: 200, body: `{"offsets":[${offset}]}` });
    expect(await client().committedSourceOffset('legacy')).toEqual({
      engine: 'postgres',
      lsn: '9007199254740993',
      lsnProc: null,
      lsnCommit: '9007199254740991',
      snapshotting: false,
    });
  });

  it('restarts only what is asked for', async () => {
    connect.says({ status: 204, body: '' });
    await client().restart('legacy', { onlyFailed: true });
    expect(connect.seen[0]?.path).toBe('/connectors/legacy/restart?includeTasks=true&onlyFailed=true');
  });
});
