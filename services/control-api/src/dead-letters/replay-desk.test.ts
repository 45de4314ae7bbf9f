import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { ReplayReply } from '@rowbridge/control-protocol';
import { openControlStore, type ControlStore, type ReplayCandidate } from '@rowbridge/control-store';
import { createLogger } from '@rowbridge/observability';
import { waitFor } from '@rowbridge/testing';
import { ReplayDesk } from './replay-desk.js';
import type { ReplayRun } from './replay-run.js';

const patience = { silenceMs: 500, abandonedMs: 100, lookMs: 5 };
const direction = 'legacy-to-revamp';
const soon = { deadlineMs: 10_000, intervalMs: 5 };

/** One process: its desk over a store that others have open too. */
interface Desk {
  readonly desk: ReplayDesk;
  readonly store: ControlStore;
  /** Ids of the letters it put on the topic. */
  readonly sent: string[];
}

let folder = '';
let desks: Desk[] = [];
let lines: string[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'replay-desk-'));
  desks = [];
  lines = [];
});

afterEach(async () => {
  for (const { desk, store } of desks) {
    await desk.close();
    await store.close();
  }
  rmSync(folder, { recursive: true, force: true });
});

async function openDesk(): Promise<Desk> {
  const store = await openControlStore({ url: `sqlite:${join(folder, 'control.db')}` });
  const destination = { write: (line: string) => void lines.push(line) };
  const logger = createLogger({ name: 'test', level: 'info', destination });
  const desk = new ReplayDesk({ log: () => store.replays, logger, now: Date.now, wait: delay, patience });
  const opened = { desk, store, sent: [] };
  desks.push(opened);
  return opened;
}

const letter = (offset: number): ReplayCandidate => ({
  id: `0-${offset}`,
  direction: offset === 99 ? 'nowhere' : direction,
  source: { topic: 'legacy.public.legacy_users', partition: 0, offset },
  queue: { partition: 0, offset },
});

/** Sends the pages one after the other; a page that is a promise holds the sending up. */
function begin(
  { desk, sent }: Desk,
  pages: readonly (readonly number[] | Promise<never>)[],
): Promise<ReplayRun> {
  const read = async function* (): AsyncGenerator<readonly ReplayCandidate[]> {
    for (const page of pages) yield (await page).map(letter);
  };
  return desk.start({
    actor: 'operator',
    dryRun: false,
    pages: read(),
    sending: {
      kafka: {
        producer: {
          send: (_topic, records) => {
            const idOf = (name: string, headers: (typeof records)[number]['headers']): string =>
              Buffer.from(headers?.find((header) => header.name === name)?.value ?? '').toString();
            sent.push(...records.map(({ headers }) => idOf('x-rowbridge-replay-dead-letter', headers)));
            return Promise.resolve();
          },
        },
      },
      reader: {
        read: (places) =>
          Promise.resolve(
            places.map(({ partition, offset }) => ({
              topic: 'sync.dlq',
              partition,
              offset,
              timestampMs: 0,
              key: null,
              value: Buffer.from('value'),
              headers: [],
            })),
          ),
        stop: () => Promise.resolve(),
      },
      directions: new Set([direction]),
      ratePerSecond: 100_000,
      now: Date.now,
      wait: delay,
    },
  });
}

const never = new Promise<never>(() => undefined);

const replyTo = ({ requestId }: { readonly requestId: string }, offset: number): ReplayReply => ({
  requestId,
  deadLetterId: `0-${offset}`,
  direction,
  dryRun: false,
  outcome: 'applied',
  fault: null,
  answeredAtMs: 1,
});

const untilSent = ({ sent }: Desk, count: number): Promise<unknown> =>
  waitFor(() => sent.length === count, { ...soon, what: 'the letters to be sent' });

const untilEnded = ({ desk }: Desk, { requestId }: { readonly requestId: string }) =>
  waitFor(
    async () => {
      const shown = await desk.show(requestId);
      return shown?.replay.state !== 'running' && desk.find(requestId) === null ? shown : null;
    },
    { ...soon, what: 'the replay to end and be put away' },
  );

describe('a replay', () => {
  it('is remembered with all its results, and listed by whichever process is asked', async () => {
    const [first, second] = [await openDesk(), await openDesk()];
    const run = await begin(first, [[1, 2], [99]]);
    await untilSent(first, 2);
    for (const offset of [1, 2, 2]) first.desk.take(replyTo(run, offset));
    await untilEnded(first, run);
    const shown = await second.desk.show(run.requestId);
    expect(shown?.replay).toMatchObject({
      state: 'completed',
      selected: 3,
      sent: 2,
      answered: 2,
      byOutcome: { applied: 2, fault: 1 },
    });
    expect(shown?.results.map(({ id }) => id).sort()).toEqual(['0-1', '0-2', '0-99']);
    await second.desk.takeUp();
    // Answers that come late are still somebody's.
    expect(second.desk.actorOf(run.requestId)).toBe('operator');
    expect((await second.desk.list()).map(({ requestId }) => requestId)).toEqual([run.requestId]);
  });

  it('whose process is gone ends as interrupted, with every answer counted, and nothing of it is sent again', async () => {
    const first = await openDesk();
    const run = await begin(first, [[1, 2, 99], never]);
    await untilSent(first, 2);
    first.desk.take(replyTo(run, 1));
    const second = await openDesk();
    // As after a kill: the first one writes no more.
    await first.store.close();
    await second.desk.takeUp();
    for (const offset of [1, 1, 2]) second.desk.take(replyTo(run, offset));
    expect(second.desk.actorOf(run.requestId)).toBe('operator');
    expect((await second.desk.show(run.requestId))?.replay.state).toBe('running');
    await expect(begin(second, [[3]])).rejects.toMatchObject({ code: 'replay_running' });
    second.desk.carryOn();
    const { replay, results } = await untilEnded(second, run);
    expect(replay).toMatchObject({
      state: 'failed',
      error: { code: 'replay_interrupted' },
      sent: 2,
      answered: 2,
      byOutcome: { applied: 2, fault: 1 },
    });
    expect(results.map(({ id }) => id)).toEqual(['0-99', '0-1', '0-2']);
    expect(second.sent).toEqual([]);
    const again = await begin(second, [[3]]);
    expect(again.requestId).not.toBe(run.requestId);
  });

  it('that had sent everything is completed by the process that takes it up, once all answers have come', async () => {
    const first = await openDesk();
    const run = await begin(first, [[1, 2]]);
    await waitFor(async () => (await first.store.replays.get(run.requestId))?.allSent, {
      ...soon,
      what: 'the sending to be over',
    });
    await first.desk.close();
    const second = await openDesk();
    await second.desk.takeUp();
    second.desk.take(replyTo(run, 2));
    second.desk.carryOn();
    expect(second.desk.find(run.requestId)?.isRunning).toBe(true);
    second.desk.take(replyTo(run, 1));
    expect((await untilEnded(second, run)).replay).toMatchObject({ state: 'completed', error: null });
  });

  it('that another process carries out is left to it, and its end believed', async () => {
    const [first, second] = [await openDesk(), await openDesk()];
    const run = await begin(first, [[1], [2], never]);
    await untilSent(first, 2);
    await second.desk.takeUp();
    second.desk.carryOn();
    const version = async (): Promise<number> => (await first.store.replays.running())[0]?.version ?? 0;
    const seen = await version();
    await waitFor(async () => (await version()) > seen + 8, { ...soon, what: 'several signs of life' });
    expect(second.desk.find(run.requestId)?.isRunning).toBe(true);
    first.desk.find(run.requestId)?.fail({ code: 'kafka_unreachable', message: 'gone' });
    await first.store.replays.put(run.stored());
    await waitFor(() => second.desk.find(run.requestId) === null, { ...soon, what: 'the end to be seen' });
    expect((await second.desk.show(run.requestId))?.replay.error?.code).toBe('kafka_unreachable');
  });

  it('that was begun after others had looked is found by them once it is let go of, and ended by one of them', async () => {
    const [first, second, third] = [await openDesk(), await openDesk(), await openDesk()];
    for (const { desk } of [second, third]) await desk.takeUp();
    const run = await begin(first, [[1], never]);
    await untilSent(first, 1);
    expect([await first.desk.findsLeft(), await second.desk.findsLeft()]).toEqual([false, false]);
    await first.desk.close();
    expect(await second.desk.findsLeft()).toBe(true);
    for (const { desk } of [second, third]) {
      await desk.takeUp();
      desk.take(replyTo(run, 1));
    }
    expect(await second.desk.findsLeft()).toBe(false);
    for (const { desk } of [second, third]) desk.carryOn();
    for (const opened of [second, third]) {
      expect((await untilEnded(opened, run)).replay.error?.code).toBe('replay_interrupted');
    }
    expect(lines.filter((line) => line.includes('A replay has ended'))).toHaveLength(1);
  });

  it('is found once its process has shown no sign of life between two looks', async () => {
    const [first, second] = [await openDesk(), await openDesk()];
    const run = await begin(first, [[1], never]);
    const version = async (): Promise<number> => (await second.store.replays.running())[0]?.version ?? 0;
    expect(await second.desk.findsLeft()).toBe(false);
    const seen = await version();
    await waitFor(async () => (await version()) > seen, { ...soon, what: 'a sign of life' });
    expect(await second.desk.findsLeft()).toBe(false);
    await first.store.close();
    await waitFor(() => second.desk.findsLeft(), { ...soon, what: 'the replay to be found' });
    expect(run.isRunning).toBe(true);
  });

  it('that was stopped before its process went is shown as stopped', async () => {
    const first = await openDesk();
    const run = await begin(first, [[1], never]);
    await untilSent(first, 1);
    run.requestStop();
    await waitFor(async () => (await first.store.replays.get(run.requestId))?.stopRequested, {
      ...soon,
      what: 'the stop to be kept',
    });
    await first.store.close();
    const second = await openDesk();
    await second.desk.takeUp();
    second.desk.take(replyTo(run, 1));
    second.desk.carryOn();
    expect((await untilEnded(second, run)).replay).toMatchObject({ state: 'stopped', error: null });
  });

  it('is not begun where it cannot be remembered', async () => {
    const opened = await openDesk();
    await opened.store.close();
    // The second one is not held up by the first.
    for (const attempt of [1, 2]) {
      await expect(begin(opened, [[attempt]])).rejects.toMatchObject({ status: 503 });
    }
    expect(opened.sent).toEqual([]);
  });
});
