import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export interface RequestLoad {
  /** Of the API, without a path. */
  readonly url: string;
  readonly token: string;
  /** Asked for in turn. */
  readonly paths: readonly string[];
  readonly requestsPerSecond: number;
  readonly seconds: number;
}

export interface RequestFigures {
  readonly perSecond: number;
  readonly count: number;
  readonly failed: number;
  readonly milliseconds: { readonly p50: number; readonly p99: number; readonly greatest: number };
}

/**
 * Asks at an even rate, in a process of its own: what else the bench does delays neither a request nor the reading of its
 * answer.
 */
export function askEvenly(load: RequestLoad): Promise<RequestFigures> {
  const program = fileURLToPath(new URL('request-client.ts', import.meta.url));
  return new Promise((resolve, reject) => {
    const client = fork(program, { execArgv: ['--import', 'tsx'] });
    client.once('message', (figures) => resolve(figures as RequestFigures));
    client.once('exit', (code) => reject(new Error(`the client of the requests ended with ${code}`)));
    client.send(load);
  });
}
