import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** What ends provisioning, with the exit code it ends with. */
export class ProvisionError extends Error {
  constructor(exitCode, message) {
    super(message);
    this.exitCode = exitCode;
  }
}

const needed = {
  secrets: [],
  system: ['POSTGRES_ADDRESS', 'MYSQL_ADDRESS', 'KAFKA_BROKERS', 'CONNECT_URL'],
};

/**
 * @param {Record<string, string | undefined>} environment
 * @param {'secrets' | 'system'} step
 * @throws ProvisionError 2 naming every variable that is missing
 */
export function readSettings(environment, step) {
  const secretsDirectory = environment.SECRETS_DIRECTORY ?? '/secrets';
  const missing = needed[step].filter((name) => (environment[name] ?? '') === '');
  if (missing.length > 0) throw new ProvisionError(2, `${missing.join(', ')}: required and missing.`);
  const secret = (name) => readSecret(secretsDirectory, name);
  const account = (side, purpose, name) => ({ name, password: secret(`${side}-${purpose}-password`) });
  const accounts = (side) => ({
    capture: account(side, 'capture', 'rowbridge_capture'),
    sync: account(side, 'sync', 'rowbridge_sync'),
    application: account(side, 'application', `${side}_application`),
  });
  if (step === 'secrets') return { secretsDirectory };
  return {
    secretsDirectory,
    brokers: environment.KAFKA_BROKERS.split(','),
    replicationFactor: Number(environment.REPLICATION_FACTOR ?? '1'),
    connectUrl: environment.CONNECT_URL,
    converterSettings: JSON.parse(environment.CONVERTER_SETTINGS ?? '{}'),
    legacy: {
      ...address(environment, 'POSTGRES_ADDRESS'),
      database: 'legacy_db',
      adminUser: environment.POSTGRES_ADMIN_USER ?? 'postgres',
      adminPassword: secret('postgres-admin-password'),
      accounts: accounts('legacy'),
    },
    revamp: {
      ...address(environment, 'MYSQL_ADDRESS'),
      database: 'revamp_db',
      adminUser: 'root',
      adminPassword: secret('mysql-admin-password'),
      accounts: accounts('revamp'),
    },
  };
}

/** `host:port`; what is at the other end may be known to Kafka Connect by the same name only. */
function address(environment, name) {
  const [host, port, ...rest] = environment[name].split(':');
  if (!host || !/^\d+$/.test(port ?? '') || rest.length > 0) {
    throw new ProvisionError(2, `${name}: allowed: host:port.`);
  }
  return { host, port: Number(port) };
}

function readSecret(directory, name) {
  try {
    return readFileSync(join(directory, name), 'utf8').trim();
  } catch {
    throw new ProvisionError(
      2,
      `The secret ${name} is missing in ${directory}: run the step "secrets" first.`,
    );
  }
}
