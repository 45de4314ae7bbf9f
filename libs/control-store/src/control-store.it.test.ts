import { mysql8UnavailableBecause } from '@rowbridge/embedded-stack';
import { createDatabase, createEngineProvider, describeWithEngines } from '@rowbridge/testing';
import type { TestDatabase } from '@rowbridge/testing';
import { describeStoreContract } from './contract/describe-store-contract.js';
import { openControlStore } from './open-control-store.js';

/** The other servers are shared by all tests. */
const provider = createEngineProvider();

const createOnMysql8 = async (): Promise<TestDatabase> =>
  createDatabase('mariadb', { serverUrl: (await provider.mysql({ flavor: 'mysql8' })).url });

function describeStore(createEmpty: () => Promise<TestDatabase>): void {
  let database: TestDatabase | undefined;
  const url = (): string => database?.url ?? '';
  beforeEach(async () => {
    database = await createEmpty();
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

  it('is not opened in plain text where TLS is asked for and the server speaks none', async () => {
    await expect(openControlStore({ url: url(), tls: {} })).rejects.toMatchObject({
      code: 'control_store_unavailable',
      details: { fault: 'certificate_refused' },
    });
  });

  it('says control_store_unavailable when its database is dropped under it', async () => {
    const store = await openControlStore({ url: url() });
    await store.state.put('kept', 1);
    await database?.drop();
    await expect(store.state.get('kept')).rejects.toMatchObject({ code: 'control_store_unavailable' });
    await store.close();
  });
}

describeWithEngines('the control store', () => {
  afterAll(() => provider.stop());

  describe('in PostgreSQL', () => describeStore(() => createDatabase('postgres')));
  describe('in MariaDB', () => describeStore(() => createDatabase('mariadb')));

  const refusal = provider.name === 'embedded' ? mysql8UnavailableBecause() : undefined;
  if (refusal === undefined) describe('in MySQL 8', () => describeStore(createOnMysql8));
  else describe.skip(`in MySQL 8 (skipped, ${refusal})`, () => describeStore(createOnMysql8));
});
