import { createServer as createHttpServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createSocketServer, type AddressInfo, type Server } from 'node:net';
import { PassThrough, Writable } from 'node:stream';
import { runCommandLine } from './run-command-line.js';

export interface Ended {
  readonly exitCode: number;
  readonly out: string;
  readonly err: string;
}

/** Nothing listens there: port 2 is below what the tests' own servers take. */
export const nobody = 'http://127.0.0.1:2';

/** Runs one command in a folder that holds no stack, and gathers what it says. */
export async function runCommand(
  commandArguments: readonly string[],
  environment: Readonly<Record<string, string>> = {},
  workingDirectory = '/',
): Promise<Ended> {
  const out = new PassThrough();
  const err = new PassThrough();
  const exitCode = await runCommandLine(commandArguments, { environment, workingDirectory, out, err });
  return { exitCode, out: String(out.read() ?? ''), err: String(err.read() ?? '') };
}

/** A stream as it is when its reader has ended, like the pipe of `| head`. */
export function abandonedStream(): Writable {
  return new Writable({
    autoDestroy: false,
    write: (_chunk, _encoding, done) => done(Object.assign(new Error('write EPIPE'), { code: 'EPIPE' })),
  });
}

/** A peer on this machine that a test decides the answers of. */
export interface Peer {
  readonly port: number;
  /** What reached it: `METHOD path` of an API, one entry a connection of a broker. */
  readonly asked: readonly string[];
  stop(): Promise<void>;
}

export type AnswerRequest = (
  request: IncomingMessage,
  response: ServerResponse,
  asked: readonly string[],
) => void;

/** Something that speaks HTTP as the control API does, and breaks off as a test tells it to. */
export async function startApi(answer: AnswerRequest): Promise<Peer> {
  const asked: string[] = [];
  const server = createHttpServer((request, response) => {
    asked.push(`${request.method} ${request.url?.split('?')[0]}`);
    request.resume().once('end', () => answer(request, response, asked));
  });
  return listening(server, asked, () => server.closeAllConnections());
}

/** Something at a broker's address that hangs up on everybody, and remembers that somebody called. */
export async function startDeafBroker(): Promise<Peer> {
  const asked: string[] = [];
  const server = createSocketServer((socket) => {
    asked.push('connection');
    socket.destroy();
  });
  return listening(server, asked, () => undefined);
}

export function answerJson(response: ServerResponse, content: unknown, status = 200): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(content));
}

async function listening(server: Server, asked: readonly string[], hangUp: () => void): Promise<Peer> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    asked,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        hangUp();
      }),
  };
}
