import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startStack } from './start-stack.js';

describe('a path that Kafka would split', () => {
  let root: string;

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'rowbridge-java-paths-'));
    chmodSync(root, 0o755);
    mkdirSync(join(root, 'java', 'bin'), { recursive: true });
    writeFileSync(join(root, 'java', 'release'), 'JAVA_VERSION="21.0.2"\n');
    writeFileSync(join(root, 'java', 'bin', 'java'), '#!/bin/sh\nexit 1\n');
    chmodSync(join(root, 'java', 'bin', 'java'), 0o755);
  });

  afterEach(() => {
    rmSync(root, { recursive: true, force: true });
  });

  test.each([
    { sign: ',', data: 'da,ta', cache: 'cache', variable: 'ROWBRIDGE_DATA' },
    { sign: ';', data: 'da;ta', cache: 'cache', variable: 'ROWBRIDGE_DATA' },
    { sign: ',', data: 'data', cache: 'ca,che', variable: 'ROWBRIDGE_CACHE' },
    { sign: ':', data: 'data', cache: 'ca:che', variable: 'ROWBRIDGE_CACHE' },
  ])('is refused before data are written ($data, $cache)', async ({ sign, data, cache, variable }) => {
    const attempt = startStack({
      dataDirectory: join(root, data),
      ports: 'free',
      components: ['kafka'],
      environment: { JAVA_HOME: join(root, 'java'), PATH: '', ROWBRIDGE_CACHE: join(root, cache) },
    });
    await expect(attempt).rejects.toMatchObject({ exitCode: 3 });
    await expect(attempt).rejects.toThrow(
      new RegExp(`cannot be at .*splits paths at "${sign}".*${variable}`),
    );
    expect(existsSync(join(root, data))).toBe(false);
  });
});
