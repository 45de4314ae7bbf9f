import { describeEntering } from './entering-contract.js';
import { describeListing, describeWalking } from './listing-contract.js';
import { describeSettling, describeSettlingTogether } from './settling-contract.js';
import { OpenStores } from './store-harness.js';
import type { StoreHarness } from './store-harness.js';

export function describeDeadLetterContract(harness: StoreHarness): void {
  describe('the dead letter index', () => {
    const stores = new OpenStores(harness);
    afterEach(() => stores.closeAll());
    describeEntering(stores);
    describeSettling(stores);
    describeSettlingTogether(stores);
    describeListing(stores);
    describeWalking(stores);
  });
}
