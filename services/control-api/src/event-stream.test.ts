import { createServer, get, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { connect, type Socket } from 'node:net';
import { waitFor } from '@rowbridge/testing';
import { EventStream, type EventStreamOptions } from './event-stream.js';

interface Client {
  readonly response: IncomingMessage;
  text(): string;
  leave(): void;
}

let server: Server;
let stream: EventStream;
const opened: (() => void)[] = [];

async function serve(options: EventStreamOptions = {}): Promise<void> {
  stream = new EventStream(options);
  server = createServer((request, response) => stream.connect(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
}

const port = (): number => (server.address() as AddressInfo).port;

function join(lastEventId?: string): Promise<Client> {
  return new Promise((resolve, reject) => {
    const headers = lastEventId === undefined ? {} : { 'last-event-id': lastEventId };
    const request = get({ host: '127.0.0.1', port: port(), headers, agent: false }, (response) => {
      let text = '';
      response.on('data', (chunk: Buffer) => (text += chunk.toString()));
      response.on('error', () => undefined);
      opened.push(() => request.destroy());
      resolve({ response, text: () => text, leave: () => request.destroy() });
    });
    request.once('error', reject);
  });
}

const ids = (client: Client): string[] =>
  [...client.text().matchAll(/^id: (.+)$/gm)].map(([, id]) => id ?? '');
const data = (client: Client): unknown[] =>
  [...client.text().matchAll(/^data: (.+)$/gm)].map(([, json]) => JSON.parse(json ?? '') as unknown);
const until = (what: string, condition: () => boolean): Promise<boolean> =>
  waitFor(condition, { deadlineMs: 5_000, what });

afterEach(async () => {
  stream.close();
  for (const leave of opened.splice(0)) leave();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

describe('an event stream', () => {
  test('sends each event to every client, with a rising id, its kind and its data', async () => {
    await serve();
    const clients = [await join(), await join()];
    stream.publish('progress', { rows: 1 });
    stream.publish('progress', { rows: 2 });
    for (const client of clients) {
      await until('both events', () => data(client).length === 2);
      expect(data(client)).toEqual([{ rows: 1 }, { rows: 2 }]);
      expect(client.text()).toContain('event: progress\n');
      expect(client.response.headers).toMatchObject({
        'content-type': 'text/event-stream; charset=utf-8',
        'cache-control': 'no-store, no-transform',
      });
    }
  });

  test('gives a client that comes back with its last id exactly what it missed', async () => {
    await serve();
    const before = await join();
    stream.publish('progress', 1);
    await until('the first event', () => ids(before).length === 1);
    before.leave();
    await until('the client to be forgotten', () => stream.clientCount === 0);
    stream.publish('progress', 2);
    stream.publish('progress', 3);
    const after = await join(ids(before)[0]);
    await until('what was missed', () => data(after).length === 2);
    expect(data(after)).toEqual([2, 3]);
    const upToDate = await join(ids(after).at(-1));
    stream.publish('progress', 4);
    await until('the next event', () => data(upToDate).length === 1);
    expect(data(upToDate)).toEqual([4]);
  });

  test('greets new clients, and those whose last id is no longer kept or is of another process', async () => {
    await serve({ keptEvents: 2, greeting: () => ({ event: 'state', data: 'as it is now' }) });
    stream.publish('progress', 0);
    const first = await join();
    await until('the greeting', () => data(first).length === 1);
    for (const number of [1, 2, 3]) stream.publish('progress', number);
    await until('all events', () => ids(first).length === 4);
    for (const lastEventId of [ids(first)[0], 'other-3', 'nonsense', '', `${ids(first)[3]}9`]) {
      const client = await join(lastEventId);
      await until('the greeting', () => data(client).length === 1);
      expect(data(client)).toEqual(['as it is now']);
    }
    const greetedThenLost = await join(ids(first)[1]);
    await until('what is kept', () => data(greetedThenLost).length === 2);
    expect(data(greetedThenLost)).toEqual([2, 3]);
  });

  test('shows signs of life while nothing happens', async () => {
    await serve({ heartbeatMs: 10 });
    const client = await join();
    await until('three heartbeats', () => (client.text().match(/^:$/gm) ?? []).length >= 3);
  });

  test('forgets 100 clients that vanish, however they do', async () => {
    await serve({ heartbeatMs: 10 });
    const clients = await Promise.all(Array.from({ length: 100 }, () => join()));
    expect(stream.clientCount).toBe(100);
    for (const [index, { leave, response }] of clients.entries()) {
      if (index % 2 === 0) leave();
      else response.socket.resetAndDestroy();
    }
    await until('all to be forgotten', () => stream.clientCount === 0);
  });

  test('drops a client that does not read, and keeps the others', async () => {
    await serve({ mostWaitingBytes: 100_000 });
    const lazy: Socket = connect(port(), '127.0.0.1');
    opened.push(() => lazy.destroy());
    lazy.on('error', () => undefined);
    lazy.pause();
    lazy.write('GET / HTTP/1.1\r\nhost: test\r\n\r\n');
    const reader = await join();
    await until('both clients', () => stream.clientCount === 2);
    const published = 400;
    for (let index = 0; index < published; index += 1) {
      stream.publish('progress', 'x'.repeat(50_000));
      await until('the reader', () => ids(reader).length === index + 1);
      if (stream.clientCount === 1) break;
    }
    expect(stream.clientCount).toBe(1);
    stream.publish('progress', 'the end');
    await until('the reader to get the end', () => data(reader).at(-1) === 'the end');
  });

  test('ends for all clients when it closes, and takes no new ones', async () => {
    await serve();
    const client = await join();
    const ended = new Promise((resolve) => client.response.once('end', resolve));
    stream.close();
    await ended;
    expect(stream.clientCount).toBe(0);
    expect((await join()).response.statusCode).toBe(503);
  });
});
