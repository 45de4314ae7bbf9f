import { randomBytes } from 'node:crypto';
import { keptSecrets } from './kept-secrets.js';

/** Superuser passwords and the Kafka cluster's id, generated once per data directory. */
export interface Credentials {
  postgresPassword: string;
  mysqlPassword: string;
  kafkaClusterId: string;
}

/**
 * Reads `credentials.json` (mode 0600) of a data directory; writes it at the first call.
 * @throws StackError exit 3 when the file is damaged
 */
export function dataDirectoryCredentials(dataDirectory: string): Credentials {
  return keptSecrets({
    dataDirectory,
    name: 'credentials.json',
    generate: () => ({
      postgresPassword: randomBytes(18).toString('base64url'),
      mysqlPassword: randomBytes(18).toString('base64url'),
      kafkaClusterId: clusterId(),
    }),
  });
}

/** Kafka's form of a UUID; it refuses one that begins with a dash. */
function clusterId(): string {
  for (;;) {
    const candidate = randomBytes(16).toString('base64url');
    if (!candidate.startsWith('-')) return candidate;
  }
}
