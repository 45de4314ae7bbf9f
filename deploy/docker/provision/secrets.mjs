import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const passwords = [
  'postgres-admin-password',
  'mysql-admin-password',
  ...['legacy', 'revamp'].flatMap((side) =>
    ['capture', 'sync', 'application'].map((purpose) => `${side}-${purpose}-password`),
  ),
  'grafana-admin-password',
  'api-token',
];

/**
 * Writes a random password into each file that does not exist yet; what exists is kept, since databases know it.
 * Readable by every user inside the containers that mount the folder: each runs as a user of its own.
 */
export function generateSecrets(directory) {
  mkdirSync(directory, { recursive: true });
  for (const name of passwords) writeOnce(join(directory, name), randomBytes(24).toString('base64url'));
  const token = readFileSync(join(directory, 'api-token'), 'utf8').trim();
  writeOnce(join(directory, 'api-tokens'), `operator read,operate,replay ${token}`);
}

function writeOnce(path, content) {
  try {
    writeFileSync(path, `${content}\n`, { flag: 'wx', mode: 0o444 });
  } catch (failure) {
    if (failure.code !== 'EEXIST') throw failure;
  }
}
