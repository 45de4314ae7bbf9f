import { readFileSync } from 'node:fs';
import { Agent, get, type ClientRequest } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import type { RunningSystem } from '@rowbridge/launcher';
import { askEvenly, type RequestFigures } from './even-requests.js';
import { measureSteadyChanges } from './steady-changes.js';

export interface ControlApiFigures {
  /** Requests at an even rate while both directions are busy. */
  readonly requests: RequestFigures;
  /** What Node had in its heap at most, between the start of the load and its end; megabytes (10⁶ bytes). */
  readonly greatestHeapMegabytes: number;
  /** Resident memory of the API, megabytes (10⁶ bytes), before and with so many clients of its event stream. */
  readonly streams: {
    readonly clients: number;
    readonly megabytesBefore: number;
    readonly megabytes: number;
  };
}

export interface ControlApiLoad {
  readonly requestsPerSecond: number;
  readonly seconds: number;
  /** Changes a second in each direction meanwhile. */
  readonly changesPerSecond: number;
  readonly streamClients: number;
}

/** What compiles and connects takes so long on two cores, in the engines too: a running system has it behind it. */
const warmUpSeconds = 60;

/** What a console and a monitor ask for, in turn. */
const paths = [
  '/api/v1/directions',
  '/api/v1/lag',
  '/api/v1/metrics',
  '/api/v1/sync/status',
  '/api/v1/conflicts?limit=50',
  '/api/v1/dlq?limit=50',
  '/api/v1/audit?limit=50',
  '/api/v1/config',
];

/** Measures the control API of a running system: how soon it answers under load, and what its streams cost. */
export async function measureControlApi(
  system: RunningSystem,
  load: ControlApiLoad,
): Promise<ControlApiFigures> {
  const { changesPerSecond, seconds } = load;
  const busy = Promise.all(
    (['legacy', 'revamp'] as const).map((from) =>
      measureSteadyChanges(system, {
        from,
        changesPerSecond,
        seconds: warmUpSeconds + seconds + 4,
        // Only the load is wanted here, not its latencies.
        pollMs: 100,
      }),
    ),
  );
  const { url, token } = system.controlApi;
  const asking = { url, token, paths, requestsPerSecond: load.requestsPerSecond };
  await askEvenly({ ...asking, seconds: warmUpSeconds });
  const heap = watchHeap(system);
  const requests = await askEvenly({ ...asking, seconds });
  await busy;
  const streams = await openStreams(system, load.streamClients);
  return { requests, greatestHeapMegabytes: await heap.end(), streams };
}

/** Reads the size of the heap from the API's metrics each second. */
function watchHeap({ controlApi }: RunningSystem): { end(): Promise<number> } {
  const ending = new AbortController();
  let greatest = 0;
  const watching = (async () => {
    while (!ending.signal.aborted) {
      const metrics = await (await fetch(`${controlApi.url}/metrics`)).text();
      const used = Number(/^nodejs_heap_size_used_bytes (\S+)/m.exec(metrics)?.[1] ?? 0);
      greatest = Math.max(greatest, used / 1e6);
      await delay(1_000, undefined, { signal: ending.signal }).catch(() => undefined);
    }
  })();
  return {
    async end() {
      ending.abort();
      await watching;
      return Math.round(greatest);
    },
  };
}

async function openStreams(system: RunningSystem, clients: number): Promise<ControlApiFigures['streams']> {
  const megabytesBefore = residentMegabytes(system);
  const agent = new Agent({ keepAlive: true, maxSockets: Infinity });
  const opened: ClientRequest[] = [];
  for (let index = 0; index < clients; index += 1) opened.push(await openStream(system, agent));
  // Two signs of life for each, so that what a written-to stream costs is in the figure.
  await delay(35_000);
  const megabytes = residentMegabytes(system);
  for (const request of opened) request.destroy();
  agent.destroy();
  return { clients, megabytesBefore, megabytes };
}

function openStream({ controlApi }: RunningSystem, agent: Agent): Promise<ClientRequest> {
  return new Promise((resolve, reject) => {
    const request = get(
      `${controlApi.url}/api/v1/sync/stream`,
      { agent, headers: { authorization: `Bearer ${controlApi.token}` } },
      (response) => {
        response.resume();
        response.on('error', () => undefined);
        if (response.statusCode === 200) resolve(request);
        else reject(new Error(`a stream was answered with ${response.statusCode}`));
      },
    );
    request.once('error', reject);
  });
}

function residentMegabytes({ controlApi }: RunningSystem): number {
  const { processId } = controlApi.service;
  const status = readFileSync(`/proc/${processId}/status`, 'utf8');
  return Math.round((Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1] ?? 0) * 1_024) / 1e6);
}
