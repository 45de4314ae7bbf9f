import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findSystemLibraries, systemLibrariesMissingBecause } from './system-libraries.js';

let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'rowbridge-libraries-'));
});

afterEach(() => {
  rmSync(root, { recursive: true, force: true });
});

function libraries(folder: string, names: readonly string[]): string {
  mkdirSync(join(root, folder), { recursive: true });
  for (const name of names) writeFileSync(join(root, folder, name), '');
  return join(root, folder);
}

describe('the libraries MySQL 8 needs', () => {
  test('need no folder of ours where the system has them', async () => {
    const systemFolders = [libraries('lib', ['libaio.so.1', 'libnuma.so.1'])];
    const options = { cacheDirectory: join(root, 'cache'), environment: { PATH: '' }, systemFolders };
    expect(await findSystemLibraries(options)).toBeUndefined();
    expect(systemLibrariesMissingBecause(options)).toBeUndefined();
  });

  test('are refused by name, with exit code 3 and the package, where they cannot be had', async () => {
    const systemFolders = [libraries('lib', ['libnuma.so.1'])];
    const options = { cacheDirectory: join(root, 'cache'), environment: { PATH: '' }, systemFolders };
    const attempt = findSystemLibraries(options);
    await expect(attempt).rejects.toMatchObject({ exitCode: 3 });
    await expect(attempt).rejects.toThrow(/libaio\.so\.1.*apt-get install libaio1.*--mysql mariadb/);
    expect(systemLibrariesMissingBecause(options)).toMatch(/^libaio\.so\.1 missing/);
  });

  test('fetched once are used without asking again', async () => {
    const folder = libraries(join('cache', 'system-libraries'), ['libaio.so.1', 'libnuma.so.1']);
    const options = { cacheDirectory: join(root, 'cache'), environment: { PATH: '' }, systemFolders: [] };
    expect(await findSystemLibraries(options)).toBe(folder);
    expect(systemLibrariesMissingBecause(options)).toBeUndefined();
  });
});
