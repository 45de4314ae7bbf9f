import { rememberedReplays, type StoredReplay, type StoredReplayResult } from '../replays/replay-log.js';
import { dayMs } from './contract-records.js';
import { OpenStores } from './store-harness.js';
import type { StoreHarness } from './store-harness.js';

function replayOf(number: number, changes: Partial<StoredReplay> = {}): StoredReplay {
  return {
    requestId: `0000-${String(number).padStart(4, '0')}`,
    dryRun: false,
    actor: 'operator',
    state: 'running',
    startedAtMs: dayMs + number,
    endedAtMs: null,
    selected: 3,
    sent: 2,
    answered: 1,
    allSent: false,
    stopRequested: false,
    byOutcome: { applied: 1 },
    error: null,
    ...changes,
  };
}

const results: readonly StoredReplayResult[] = [
  { id: '0-1', direction: 'legacy-to-revamp', outcome: 'applied', fault: null, status: 'replayed' },
  {
    id: '0-2',
    direction: 'legacy-to-revamp',
    outcome: null,
    fault: { code: 'out_of_range', message: 'zu groß' },
    status: 'open',
  },
];

/** How replays are remembered. */
export function describeReplayContract(harness: StoreHarness): void {
  describe('the replays of dead letters', () => {
    const stores = new OpenStores(harness);
    afterEach(() => stores.closeAll());

    it('come back as they were put last, by whichever process asks, with the results given last', async () => {
      const [first, second] = [await stores.open(), await stores.open()];
      expect(await first.replays.get('0000-0001')).toBeNull();
      await first.replays.put(replayOf(1));
      expect(await second.replays.get('0000-0001')).toEqual(replayOf(1));
      expect(await second.replays.results('0000-0001')).toEqual([]);
      await first.replays.put(replayOf(1), results);
      const ended = replayOf(1, { state: 'failed', error: { code: 'replay_unanswered', message: 'stille' } });
      await first.replays.put(ended);
      expect(await second.replays.get('0000-0001')).toEqual(ended);
      expect(await second.replays.results('0000-0001')).toEqual(results);
    });

    it('that run tell by their version whether somebody still carries them out', async () => {
      const store = await stores.open();
      await store.replays.put(replayOf(1));
      await store.replays.put(replayOf(2, { state: 'completed' }));
      const versions = async (): Promise<(string | number)[][]> =>
        (await store.replays.running()).map(({ replay, version }) => [replay.requestId, version]);
      expect(await versions()).toEqual([['0000-0001', 1]]);
      await store.replays.put(replayOf(1));
      expect(await versions()).toEqual([['0000-0001', 2]]);
      await store.replays.abandon('0000-0001');
      expect(await versions()).toEqual([['0000-0001', 0]]);
    });

    it('that were let go of are taken over by one of all the processes that try at once', async () => {
      const opened = await Promise.all([stores.open(), stores.open(), stores.open()]);
      const [first] = opened;
      await first.replays.put(replayOf(1));
      expect(await first.replays.claim('0000-0001', 7)).toBe(false);
      await first.replays.abandon('0000-0001');
      const answers = await Promise.all(opened.map((store) => store.replays.claim('0000-0001', 0)));
      expect(answers.filter((isOurs) => isOurs)).toHaveLength(1);
      expect((await first.replays.running()).map(({ version }) => version)).toEqual([1]);
      await first.replays.put(replayOf(1, { state: 'completed' }));
      expect(await first.replays.claim('0000-0001', 2)).toBe(false);
    });

    it('are forgotten from the oldest on, but never one that runs', async () => {
      const store = await stores.open();
      const newest = rememberedReplays + 2;
      for (let number = 1; number <= newest; number += 1) {
        await store.replays.put(replayOf(number, { state: number === 1 ? 'running' : 'completed' }));
      }
      const latest = (await store.replays.latest()).map(({ startedAtMs }) => startedAtMs - dayMs);
      expect(latest).toEqual(Array.from({ length: rememberedReplays }, (_unused, index) => newest - index));
      expect(await store.replays.get('0000-0001')).not.toBeNull();
      expect(await store.replays.get('0000-0002')).toBeNull();
    });
  });
}
