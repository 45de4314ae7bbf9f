import { Agent, get } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import type { RequestFigures, RequestLoad } from './even-requests.js';

/** The program `askEvenly` runs: takes one load as a message, sends its figures back and ends. */
process.once('message', (load: RequestLoad) => {
  void ask(load).then((figures) => process.send?.(figures, () => process.disconnect()));
});

async function ask({ url, token, paths, requestsPerSecond, seconds }: RequestLoad): Promise<RequestFigures> {
  const agent = new Agent({ keepAlive: true });
  const count = requestsPerSecond * seconds;
  const latencies: number[] = [];
  let failed = 0;
  const begunAt = performance.now();
  const asked: Promise<void>[] = [];
  for (let index = 0; index < count; index += 1) {
    const dueAt = begunAt + (index * 1_000) / requestsPerSecond;
    if (dueAt > performance.now()) await delay(dueAt - performance.now());
    const address = `${url}${paths[index % paths.length] as string}`;
    // From when it was due: a client that falls behind must not hide it.
    asked.push(
      statusOf(address, { token, agent }).then(
        (status) => {
          latencies.push(performance.now() - dueAt);
          if (status !== 200) failed += 1;
        },
        () => void (failed += 1),
      ),
    );
  }
  await Promise.all(asked);
  agent.destroy();
  latencies.sort((left, right) => left - right);
  const quantile = (share: number): number =>
    latencies[Math.min(latencies.length - 1, Math.floor(latencies.length * share))] ?? 0;
  return {
    perSecond: requestsPerSecond,
    count,
    failed,
    milliseconds: { p50: quantile(0.5), p99: quantile(0.99), greatest: latencies.at(-1) ?? 0 },
  };
}

function statusOf(
  address: string,
  { token, agent }: { readonly token: string; readonly agent: Agent },
): Promise<number> {
  return new Promise((resolve, reject) => {
    get(address, { agent, headers: { authorization: `Bearer ${token}` } }, (response) => {
      response.resume();
      response.once('end', () => resolve(response.statusCode ?? 0));
    }).once('error', reject);
  });
}
