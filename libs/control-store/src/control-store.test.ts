import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeStoreContract } from './contract/describe-store-contract.js';
import { openControlStore } from './open-control-store.js';

describe('the control store in SQLite', () => {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'control-store-'));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  describeStoreContract({ url: () => `sqlite:${join(folder, 'deep', 'control.db')}` });

  it('refuses an address of another kind, without saying its password', async () => {
    const refused = openControlStore({ url: 'oracle://user:canary@host/db' });
    await expect(refused).rejects.toMatchObject({ code: 'invalid_configuration' });
    await expect(refused).rejects.not.toThrow(/canary/);
  });

  it('refuses TLS, which a file has no use for', async () => {
    await expect(openControlStore({ url: 'sqlite::memory:', tls: {} })).rejects.toMatchObject({
      code: 'invalid_configuration',
      details: { key: 'controlStore.tls.enabled' },
    });
  });

  it('names itself when its file cannot be opened', async () => {
    await expect(openControlStore({ url: `sqlite:${folder}` })).rejects.toMatchObject({
      code: 'control_store_unavailable',
    });
    const notAFolder = join(folder, 'file');
    writeFileSync(notAFolder, 'text');
    await expect(openControlStore({ url: `sqlite:${notAFolder}/control.db` })).rejects.toMatchObject({
      code: 'control_store_unavailable',
    });
    await expect(openControlStore({ url: `sqlite:${notAFolder}` })).rejects.toMatchObject({
      code: 'control_store_unavailable',
    });
  });
});
