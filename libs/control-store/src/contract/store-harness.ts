import type { ControlStore } from '../control-store.js';
import { openControlStore } from '../open-control-store.js';

/** An empty database for one test, of one engine. */
export interface StoreHarness {
  /** Address of the database; the same through a test. */
  url(): string;
}

/** A clock that tests move. */
export class TestClock {
  nowMs = Date.UTC(2026, 0, 15);
  readonly now = (): number => this.nowMs;
}

/** Opens stores over the harness's database and closes them all. */
export class OpenStores {
  readonly clock = new TestClock();
  private readonly stores: ControlStore[] = [];

  constructor(private readonly harness: StoreHarness) {}

  async open(): Promise<ControlStore> {
    const store = await openControlStore({ url: this.harness.url(), now: this.clock.now });
    this.stores.push(store);
    return store;
  }

  async closeAll(): Promise<void> {
    await Promise.all(this.stores.splice(0).map((store) => store.close()));
  }
}
