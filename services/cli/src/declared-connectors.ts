import { readFileSync } from 'node:fs';
import {
  connectorsConfigurationSchema,
  connectorsEnvironmentNames,
  loadConfiguration,
  type ConnectorsConfiguration,
} from '@rowbridge/config';
import { legacyConnector, revampConnector, type ConnectorDeclaration } from '@rowbridge/connectors';
import { CommandError } from './command-error.js';

const sides = ['legacy', 'revamp'] as const;

type Side = (typeof sides)[number];

export interface DeclarationSources {
  /** YAML file; the environment alone without one. */
  readonly file?: string | undefined;
  /** JSON file with further connector properties, which win. */
  readonly settingsFile?: string | undefined;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

export interface DeclaredConnectors {
  readonly connectUrl: string;
  readonly connectors: readonly ConnectorDeclaration[];
}

/**
 * What the connectors of legacy-revamp are declared from.
 * @throws RowbridgeError `invalid_configuration`
 */
export function readConnectorsConfiguration({
  file,
  environment,
}: DeclarationSources): ConnectorsConfiguration<Side> {
  return loadConfiguration({
    schema: connectorsConfigurationSchema(sides),
    file,
    environment,
    environmentNames: connectorsEnvironmentNames(sides),
  });
}

/**
 * The connectors of legacy-revamp, as the code declares them for the databases of the configuration.
 * @throws RowbridgeError `invalid_configuration`; CommandError exit 2 for unreadable settings
 */
export function readDeclaredConnectors(sources: DeclarationSources): DeclaredConnectors {
  const configuration = readConnectorsConfiguration(sources);
  const additionalSettings = sources.settingsFile === undefined ? {} : readSettings(sources.settingsFile);
  const shared = { brokers: configuration.kafka.brokers, additionalSettings };
  return {
    connectUrl: configuration.connect.url,
    connectors: [
      legacyConnector({
        ...shared,
        database: endpointOf(configuration, 'legacy'),
        logOriginGuard: configuration.logOrigin === 'auto',
      }),
      revampConnector({
        ...shared,
        database: endpointOf(configuration, 'revamp'),
        engine: engineOf(configuration),
      }),
    ],
  };
}

function endpointOf(
  { databases }: ConnectorsConfiguration<Side>,
  side: Side,
): { host: string; port: number; database: string; user: string; password: string } {
  const { host, port, database, captureUser, capturePassword } = databases[side];
  return { host, port, database, user: captureUser, password: capturePassword.reveal() };
}

function engineOf({ databases }: ConnectorsConfiguration<Side>): 'mysql' | 'mariadb' {
  const { engine } = databases.revamp;
  if (engine === 'postgres' || databases.legacy.engine !== 'postgres') {
    throw new CommandError('legacy is a PostgreSQL database and revamp a MySQL or MariaDB one', 2);
  }
  return engine;
}

function readSettings(file: string): Record<string, string> {
  try {
    const settings = JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
    const wrong = Object.entries(settings).find(([, value]) => typeof value !== 'string');
    if (wrong) throw new Error(`${wrong[0]} is no text; every connector property is text`);
    return settings as Record<string, string>;
  } catch (error) {
    throw new CommandError(`the settings file ${file} cannot be used: ${(error as Error).message}`, 2);
  }
}
