import { openControlStore, type ControlStore } from '@rowbridge/control-store';
import { RunLease } from './run-lease.js';

const runId = '00000000-0000-7000-8000-000000000001';

describe('the lease of a sync run', () => {
  let store: ControlStore;
  let nowMs = 1_000_000;
  const openLease = (): RunLease =>
    new RunLease('pair', {
      state: store.state,
      now: () => nowMs,
    });

  beforeEach(async () => {
    store = await openControlStore({ url: 'sqlite::memory:' });
  });
  afterEach(() => store.close());

  /** Has all of them look every two seconds; answers what their last looks said. */
  const look = async (leases: readonly RunLease[], seconds: number): Promise<readonly boolean[]> => {
    let areFree = await Promise.all(leases.map((lease) => lease.isFree(runId)));
    for (let passed = 0; passed < seconds; passed += 2) {
      nowMs += 2_000;
      areFree = await Promise.all(leases.map((lease) => lease.isFree(runId)));
    }
    return areFree;
  };

  it('stays with a process that shows that it lives', async () => {
    const [living, waiting] = [openLease(), openLease()];
    expect(await living.begin(runId)).toBe(true);
    for (let second = 0; second < 60; second += 2) {
      nowMs += 2_000;
      expect([await living.renew(), await waiting.takeOver(runId)]).toEqual([true, false]);
    }
  });

  it('goes to one of those who wait, ten seconds after the last sign of life', async () => {
    const [gone, second, third] = [openLease(), openLease(), openLease()];
    await gone.begin(runId);
    await look([second, third], 8);
    expect(await look([second, third], 0)).toEqual([false, false]);
    expect(await look([second, third], 2)).toEqual([true, true]);
    const taken = await Promise.all([second.takeOver(runId), third.takeOver(runId)]);
    expect(taken.filter((isOurs) => isOurs)).toHaveLength(1);
    // Whoever was thought to be gone learns of it.
    expect(await gone.renew()).toBe(false);
  });

  it('is had at once where it was let go of', async () => {
    const [first, second] = [openLease(), openLease()];
    await first.begin(runId);
    await first.release();
    expect([await second.takeOver(runId), await second.renew()]).toEqual([true, true]);
  });

  it('of a run whose creator never took it is had after the same wait, and not by that any more', async () => {
    const [creator, other] = [openLease(), openLease()];
    await openLease().begin('00000000-0000-7000-8000-000000000000');
    expect(await look([other], 10)).toEqual([true]);
    expect([await other.takeOver(runId), await creator.begin(runId)]).toEqual([true, false]);
  });

  it('is not taken on two looks that say nothing of what was between them', async () => {
    const [living, waiting] = [openLease(), openLease()];
    await living.begin(runId);
    expect(await waiting.isFree(runId)).toBe(false);
    nowMs += 60_000;
    expect(await waiting.takeOver(runId)).toBe(false);
    expect(await living.renew()).toBe(true);
  });

  it('is still had where a renewal was kept but its answer was lost', async () => {
    const { put } = store.state;
    const lease = openLease();
    await lease.begin(runId);
    nowMs += 2_000;
    Object.assign(store.state, {
      put: async (...given: Parameters<typeof put>) => {
        await put(...given);
        throw new Error('connection lost');
      },
    });
    await expect(lease.renew()).rejects.toThrow('connection lost');
    Object.assign(store.state, { put });
    expect(await lease.renew()).toBe(true);
  });
});
