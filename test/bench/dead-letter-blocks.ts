import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { createEngineProvider } from '@rowbridge/testing';
import { startApi, token, type ApiUnderTest } from '../control-api/api-under-test.js';
import {
  directions,
  enterMillionLetters,
  firstFailureMs,
  letters,
  lettersPerMs,
  rareText,
} from './million-letters.js';

/** What somebody asks for over a million open letters. */
export interface BlockFigures {
  readonly matched: number;
  readonly seconds: number;
  /** The longest time between two turns of the API's event loop. */
  readonly longestBlockMs: number;
  /** The same, without what other processes took of the processor meanwhile. */
  readonly longestWorkMs: number;
}

const rareTime = {
  from: new Date(firstFailureMs + 200_000).toISOString(),
  until: new Date(firstFailureMs + 200_000 + Math.ceil(100 / lettersPerMs)).toISOString(),
};
const narrow = { byText: { text: rareText }, byTime: rareTime, byKey: { key: '77' } };

async function post<Answer>(api: ApiUnderTest, path: string, body: object): Promise<Answer> {
  const answer = await fetch(`${api.url}/api/v1/dlq/${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(`${path} was answered with ${answer.status}: ${await answer.text()}`);
  return (await answer.json()) as Answer;
}

async function measure(work: () => Promise<number>): Promise<BlockFigures> {
  const turns = watchTurns();
  const begunAt = performance.now();
  const matched = await work();
  const seconds = (performance.now() - begunAt) / 1_000;
  // What blocked last is noticed by the turn that follows it.
  await delay(20);
  const tenths = (value: number): number => Math.round(value * 10) / 10;
  const { blockMs, workMs } = turns.end();
  return {
    matched,
    seconds: tenths(seconds),
    longestBlockMs: tenths(blockMs),
    longestWorkMs: tenths(workMs),
  };
}

/** Looks at the clock and at the processor time of this process a thousand times a second, as far as it is let. */
function watchTurns(): { end(): { readonly blockMs: number; readonly workMs: number } } {
  const processorMs = (): number => {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1_000;
  };
  let [lastAt, lastWork] = [performance.now(), processorMs()];
  let [blockMs, workMs] = [0, 0];
  const timer = setInterval(() => {
    const [at, work] = [performance.now(), processorMs()];
    blockMs = Math.max(blockMs, at - lastAt);
    workMs = Math.max(workMs, Math.min(at - lastAt, work - lastWork));
    [lastAt, lastWork] = [at, work];
  }, 1);
  return {
    end() {
      clearInterval(timer);
      return { blockMs, workMs };
    },
  };
}

/** Rehearses, so that each measurement finds the same letters; they lie in no topic, so none is sent. */
async function rehearse(api: ApiUnderTest, selection: object): Promise<number> {
  type Answer = { readonly replay: { requestId: string; state: string; selected: number } };
  let { replay } = await post<Answer>(api, 'replay?dryRun=true', selection);
  while (replay.state === 'running') {
    await delay(100);
    const answer = await fetch(`${api.url}/api/v1/dlq/replays/${replay.requestId}?limit=1`, {
      headers: { authorization: `Bearer ${token}` },
    });
    ({ replay } = (await answer.json()) as Answer);
  }
  return replay.selected;
}

async function discard(api: ApiUnderTest, filter: object): Promise<number> {
  const { discarded } = await post<{ discarded: number }>(api, 'discard', { filter, reason: 'benchmark' });
  return discarded;
}

async function untilKafkaIsOpen(api: ApiUnderTest): Promise<void> {
  await new Promise<void>((resolve) => api.context.kafka.whenOpen(() => resolve()));
  await api.context.kafka.require().admin.createTopics([{ topic: 'sync.dlq', partitions: 1 }]);
}

/** How long the control API stands still while dead letters are replayed and discarded by filters, by what was asked for. */
export async function measureDeadLetterBlocks(): Promise<Readonly<Record<string, BlockFigures>>> {
  const folder = mkdtempSync(join(tmpdir(), 'rowbridge-bench-'));
  const url = `sqlite:${join(folder, 'control.db')}`;
  const provider = createEngineProvider();
  try {
    await enterMillionLetters(url);
    const stack = await provider.kafkaStack?.({ components: ['kafka'] });
    const api = await startApi({
      KAFKA_BROKERS: stack?.kafka.brokers.join(',') ?? '',
      ROWBRIDGE_CONTROL_STORE_URL: url,
      ROWBRIDGE_DEAD_LETTERS_REPLAYS_PER_SECOND: '100000',
    });
    try {
      await untilKafkaIsOpen(api);
      return await measureEach(api);
    } finally {
      await api.close();
    }
  } finally {
    await provider.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function measureEach(api: ApiUnderTest): Promise<Readonly<Record<string, BlockFigures>>> {
  const figures: Record<string, BlockFigures> = {};
  figures['idle'] = await measure(() => delay(2_000, 0));
  for (const [name, filter] of Object.entries(narrow)) {
    figures[`replay ${name}`] = await measure(() => rehearse(api, { filter }));
  }
  for (const [name, filter] of Object.entries(narrow)) {
    figures[`discard ${name}`] = await measure(() => discard(api, filter));
  }
  figures['replay all'] = await measure(() => rehearse(api, { all: true }));
  // Without a condition none is discarded.
  figures['discard all'] = await measure(async () => {
    let discarded = 0;
    for (const direction of directions) discarded += await discard(api, { direction });
    return discarded;
  });
  const matched = Object.entries(figures).filter(([name]) => name.startsWith('discard'));
  const discarded = matched.reduce((sum, [, figure]) => sum + figure.matched, 0);
  if (discarded !== letters) throw new Error(`${discarded} letters were discarded instead of ${letters}`);
  return figures;
}
