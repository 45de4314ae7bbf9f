import type { SyncRun } from '@rowbridge/control-protocol';
import type { RunningSystem } from '@rowbridge/launcher';
import { waitFor } from '@rowbridge/testing';

/** An answer of the API, its body as it came. */
export interface Answer<Body> {
  readonly status: number;
  readonly body: Body;
}

/** A problem as far as these tests look at it. */
export interface ShownProblem {
  readonly code?: string;
  readonly context?: { readonly runId?: string };
  readonly errors?: readonly { readonly pointer: string }[];
}

/** One event of the stream. */
export interface StreamedRun {
  readonly id: string;
  readonly run: SyncRun;
}

/** Steers sync runs as an operator's program does. */
export class SyncClient {
  readonly #service: RunningSystem['controlApi']['service'];
  readonly #url: string;
  readonly #headers: Readonly<Record<string, string>>;

  constructor({ controlApi }: Pick<RunningSystem, 'controlApi'>) {
    this.#service = controlApi.service;
    this.#url = `${controlApi.url}/api/v1/sync`;
    this.#headers = { authorization: `Bearer ${controlApi.token}` };
  }

  async ask<Body>(method: string, path: string, body?: object): Promise<Answer<Body>> {
    const answer = await fetch(`${this.#url}${path}`, {
      method,
      headers: { ...this.#headers, ...(body && { 'content-type': 'application/json' }) },
      ...(body && { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(30_000),
    });
    return { status: answer.status, body: (await answer.json()) as Body };
  }

  /** Begins a run and answers its id. */
  async begin(request: object): Promise<string> {
    const { status, body } = await this.ask<{ run: SyncRun } & ShownProblem>('POST', '/trigger', request);
    if (status !== 202) throw new Error(`trigger answered ${status}: ${JSON.stringify(body)}`);
    return body.run.id;
  }

  async latest(): Promise<SyncRun | null> {
    return (await this.ask<{ run: SyncRun | null }>('GET', '/status')).body.run;
  }

  /** Waits until a run has ended; `look` is called with each state seen before. */
  async end(
    id: string,
    deadlineMs: number,
    look: (run: SyncRun) => Promise<void> = () => Promise.resolve(),
  ): Promise<SyncRun> {
    return waitFor(
      async () => {
        const run = await this.latest();
        if (run?.id !== id) return undefined;
        if (run.state !== 'running') return run;
        await look(run);
        return undefined;
      },
      { deadlineMs, what: `sync run ${id} to end`, intervalMs: 250 },
    );
  }

  /** Kills the control API and waits until the one that is started in its place knows of sync runs. */
  async killApi(): Promise<void> {
    const { restarts } = this.#service;
    this.#service.kill('SIGKILL');
    await waitFor(async () => this.#service.restarts > restarts && (await this.latest()) !== null, {
      deadlineMs: 60_000,
      what: 'another control API',
      intervalMs: 100,
    });
  }

  /** Reads events, those after `lastEventId` first, until `enough` of them have come. */
  async stream(
    enough: (events: readonly StreamedRun[]) => boolean,
    lastEventId?: string,
  ): Promise<readonly StreamedRun[]> {
    const ending = new AbortController();
    const answer = await fetch(`${this.#url}/stream`, {
      headers: { ...this.#headers, ...(lastEventId !== undefined && { 'last-event-id': lastEventId }) },
      signal: AbortSignal.any([ending.signal, AbortSignal.timeout(60_000)]),
    });
    const events: StreamedRun[] = [];
    let text = '';
    for await (const bytes of answer.body ?? []) {
      text += Buffer.from(bytes as Uint8Array).toString();
      const frames = text.split('\n\n');
      text = frames.pop() ?? '';
      events.push(...frames.flatMap(parseFrame));
      if (enough(events)) break;
    }
    ending.abort();
    return events;
  }
}

function parseFrame(frame: string): readonly StreamedRun[] {
  const field = (name: string): string | undefined =>
    frame
      .split('\n')
      .find((line) => line.startsWith(`${name}: `))
      ?.slice(name.length + 2);
  const [id, data] = [field('id'), field('data')];
  if (id === undefined || data === undefined) return [];
  return [{ id, run: (JSON.parse(data) as { run: SyncRun }).run }];
}
