import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Superuser passwords and the Kafka cluster's id, generated once per data directory. */
export interface Credentials {
  postgresPassword: string;
  mysqlPassword: string;
  kafkaClusterId: string;
}

/** Reads `credentials.json` (mode 0600) of a data directory; writes it at the first call. */
export function dataDirectoryCredentials(dataDirectory: string): Credentials {
  const path = join(dataDirectory, 'credentials.json');
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Credentials;
  } catch (failure) {
    if ((failure as NodeJS.ErrnoException).code !== 'ENOENT') throw failure;
  }
  const credentials: Credentials = {
    postgresPassword: randomBytes(18).toString('base64url'),
    mysqlPassword: randomBytes(18).toString('base64url'),
    kafkaClusterId: clusterId(),
  };
  writeFileSync(path, `${JSON.stringify(credentials, null, 2)}\n`, { mode: 0o600, flag: 'wx' });
  return credentials;
}

/** Kafka's form of a UUID; it refuses one that begins with a dash. */
function clusterId(): string {
  for (;;) {
    const candidate = randomBytes(16).toString('base64url');
    if (!candidate.startsWith('-')) return candidate;
  }
}
