import { createDatabase, describeWithEngines } from '@rowbridge/testing';
import type { SharedEngine, TestDatabase } from '@rowbridge/testing';
import { describeStoreContract } from './contract/describe-store-contract.js';
import { openControlStore } from './open-control-store.js';

describe.each<[string, SharedEngine]>([
  ['PostgreSQL', 'postgres'],
  ['MariaDB', 'mariadb'],
])('the control store in %s', (name, engine) => {
  describeWithEngines(name, () => {
    let database: TestDatabase | undefined;
    const url = (): string => database?.url ?? '';
    beforeEach(async () => {
      database = await createDatabase(engine);
    });
    afterEach(() => database?.drop());

    describeStoreContract({ url });

    it('says control_store_unavailable for a wrong password and for a database that is gone', async () => {
      const wrong = new URL(url());
      wrong.password = 'canary';
      const missing = new URL(url());
      missing.pathname = '/nowhere';
      for (const address of [wrong, missing]) {
        const opening = openControlStore({ url: address.toString() });
        await expect(opening).rejects.toMatchObject({ code: 'control_store_unavailable' });
        await expect(opening).rejects.not.toThrow(/canary/);
      }
    });

    it('says control_store_unavailable when its database is dropped under it', async () => {
      const store = await openControlStore({ url: url() });
      await store.state.put('kept', 1);
      await database?.drop();
      await expect(store.state.get('kept')).rejects.toMatchObject({ code: 'control_store_unavailable' });
      await store.close();
    });
  });
});
