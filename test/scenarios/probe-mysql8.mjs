import { mkdtempSync, chmodSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startStack } from '@rowbridge/embedded-stack';

/** Starts MySQL 8 alone and stops it. Exits 0 when that works; otherwise 1 with the reason on standard error. */
const dataDirectory = mkdtempSync(join(tmpdir(), 'rowbridge-mysql8-'));
chmodSync(dataDirectory, 0o755);
try {
  const stack = await startStack({
    dataDirectory,
    ports: 'free',
    mysqlFlavor: 'mysql8',
    components: ['mysql'],
  });
  await stack.stop();
} catch (failure) {
  process.stderr.write(failure.message);
  process.exitCode = 1;
} finally {
  rmSync(dataDirectory, { recursive: true, force: true });
}
