import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { RowbridgeError } from '@rowbridge/errors';
import {
  directionConfigurationSchema,
  directionEnvironmentNames,
  type DirectionConfiguration,
} from './direction-configuration.js';
import { loadConfiguration } from './load-configuration.js';

const complete = `direction: legacy-to-revamp
kafka:
  brokers: [127.0.0.1:9092]
schemaRegistry:
  url: http://127.0.0.1:8082/apis/ccompat/v7
connect: { url: "http://127.0.0.1:8083" }
source:
  engine: postgres
  database: legacy
  user: sync
  password: \${LEGACY_PASSWORD:-in-the-file}
target:
  engine: mariadb
  port: \${REVAMP_PORT:-3307}
  database: revamp_db
  user: sync
  password: for-revamp
`;

let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'rowbridge-config-'));
});

afterEach(() => {
  rmSync(directory, { recursive: true, force: true });
});

function load(text: string, environment: Record<string, string> = {}): DirectionConfiguration {
  const file = join(directory, 'direction.yaml');
  writeFileSync(file, text);
  const environmentNames = directionEnvironmentNames({ source: 'legacy', target: 'revamp' });
  return loadConfiguration({ schema: directionConfigurationSchema, file, environment, environmentNames });
}

/** The lines of the refusal, the folder of the file left out. */
function refusal(text: string, environment: Record<string, string> = {}): readonly string[] {
  try {
    load(text, environment);
  } catch (failure) {
    if (!(failure instanceof RowbridgeError)) throw failure;
    expect(failure.code).toBe('invalid_configuration');
    return failure.problem
      .split('\n')
      .slice(1)
      .map((line) => line.trim().replaceAll(`${directory}/`, ''));
  }
  throw new Error('the configuration was accepted');
}

describe('a configuration', () => {
  test('takes the file, and defaults for what the file leaves out', () => {
    const configuration = load(complete);
    expect(configuration).toMatchObject({
      direction: 'legacy-to-revamp',
      kafka: { brokers: ['127.0.0.1:9092'], clientId: 'rowbridge', sessionTimeoutMs: 30_000 },
      source: { host: '127.0.0.1', port: 5432, tls: { enabled: false } },
      target: { port: 3307 },
      retry: { maxAttempts: 3, initialDelayMs: 1_000, maxDelayMs: 30_000, multiplier: 2 },
      deadLetterTopic: 'sync.dlq',
      guards: { sourceColumn: 'auto', logOrigin: 'auto' },
      http: { host: '127.0.0.1' },
      startTimeoutMs: 60_000,
    });
    expect(configuration.source.password.reveal()).toBe('in-the-file');
  });

  test('lets the environment override the file, by the declared names and by the generic one', () => {
    const configuration = load(complete, {
      KAFKA_BROKERS: 'one:9092, two:9092',
      DB_LEGACY_HOST: 'legacy.internal',
      DB_LEGACY_PORT: '6432',
      DB_REVAMP_PASSWORD: 'rotated',
      SYNC_MAX_RETRY_ATTEMPTS: '7',
      ROWBRIDGE_SECOND_LOOK_POLL_INTERVAL_MS: '50',
      ROWBRIDGE_SOURCE_TLS_ENABLED: 'yes',
      PORT: '0',
    });
    expect(configuration).toMatchObject({
      kafka: { brokers: ['one:9092', 'two:9092'] },
      source: { host: 'legacy.internal', port: 6432, tls: { enabled: true } },
      retry: { maxAttempts: 7 },
      secondLook: { pollIntervalMs: 50 },
      http: { port: 0 },
    });
    expect(configuration.target.password.reveal()).toBe('rotated');
  });

  test('comes from the environment alone where there is no file', () => {
    const configuration = loadConfiguration({
      schema: directionConfigurationSchema,
      environmentNames: directionEnvironmentNames({ source: 'revamp', target: 'legacy' }),
      environment: {
        ROWBRIDGE_DIRECTION: 'revamp-to-legacy',
        KAFKA_BROKERS: '["[::1]:9092"]',
        SCHEMA_REGISTRY_URL: 'http://localhost:8082',
        CONNECT_URL: 'http://localhost:8083',
        ROWBRIDGE_SOURCE_ENGINE: 'mysql',
        DB_REVAMP_DATABASE: 'revamp_db',
        DB_REVAMP_USER: 'sync',
        DB_REVAMP_PASSWORD: 'first',
        ROWBRIDGE_TARGET_ENGINE: 'postgres',
        DB_LEGACY_DATABASE: 'legacy',
        DB_LEGACY_USER: 'sync',
        DB_LEGACY_PASSWORD: 'second',
      },
    });
    expect(configuration).toMatchObject({
      kafka: { brokers: ['[::1]:9092'] },
      source: { engine: 'mysql', port: 3306, database: 'revamp_db' },
      target: { engine: 'postgres', database: 'legacy' },
    });
  });

  test('reads a secret from the file that NAME_FILE names, without the line break at its end', () => {
    const secretFile = join(directory, 'password');
    writeFileSync(secretFile, 'from a mounted file\n');
    const configuration = load(complete, { DB_LEGACY_PASSWORD_FILE: secretFile });
    expect(configuration.source.password.reveal()).toBe('from a mounted file');
    expect(refusal(complete, { DB_LEGACY_PASSWORD_FILE: secretFile, DB_LEGACY_PASSWORD: 'too' })).toEqual([
      'environment variable DB_LEGACY_PASSWORD: source.password: both DB_LEGACY_PASSWORD and DB_LEGACY_PASSWORD_FILE are set; keep one',
    ]);
    expect(refusal(complete, { DB_LEGACY_PASSWORD_FILE: join(directory, 'absent') })[0]).toContain(
      'cannot be read',
    );
  });

  test('never shows a secret, however the configuration is printed', () => {
    const configuration = load(complete);
    const printed = [
      JSON.stringify(configuration),
      inspect(configuration, { depth: 9 }),
      `${configuration.source.password}`,
    ];
    expect(printed.join()).not.toMatch(/in-the-file|for-revamp/);
    expect(printed.join()).toContain('[redacted]');
  });

  test('takes an empty variable for one that is not set', () => {
    expect(load(complete, { DB_LEGACY_HOST: '', LEGACY_PASSWORD: '' }).source.host).toBe('127.0.0.1');
  });
});

describe('a configuration is refused', () => {
  test('for an unknown key, with its line and the keys that are allowed there', () => {
    expect(refusal(complete.replace('  user: sync\n', '  user: sync\n  pasword: typing-error\n'))).toEqual([
      'direction.yaml:11:3: source: unknown key "pasword"; allowed: engine, host, port, database, user, password, epoch, tls',
    ]);
  });

  test('for a wrong type or value, with what was found and what is allowed', () => {
    const text = `${complete}batch: { maxRows: many }\nlogLevel: loud\nhttp: 5\n`;
    expect(refusal(text)).toEqual([
      'direction.yaml:18:10: batch.maxRows: found "many"; allowed: whole number from 1 to 100000',
      'direction.yaml:20:1: http: found 5; allowed: a group of keys',
      'direction.yaml:19:1: logLevel: found "loud"; allowed: one of debug, info, warn, error, fatal',
    ]);
  });

  test('for a number that the file gives as text, but not for one that a variable gives', () => {
    expect(refusal(`${complete}  epoch: "2"\n`)).toEqual([
      'direction.yaml:18:3: target.epoch: found "2"; allowed: whole number from 1 to 1000000',
    ]);
    expect(load(`${complete}  epoch: \${EPOCH}\n`, { EPOCH: '2' }).target.epoch).toBe(2);
  });

  test('for a value of the environment, by the name of the variable', () => {
    expect(refusal(complete, { DB_REVAMP_PORT: '3306a' })).toEqual([
      'environment variable DB_REVAMP_PORT: target.port: found "3306a"; allowed: whole number from 1 to 65535',
    ]);
  });

  test('for a missing key, by the place it belongs to and the variables that could give it', () => {
    expect(refusal(complete.replace('  database: legacy\n', ''))).toEqual([
      'direction.yaml:7:1 or environment (ROWBRIDGE_SOURCE_DATABASE or DB_LEGACY_DATABASE): source.database: is required and missing; allowed: text, not empty',
    ]);
  });

  test('for a missing group, by the keys it lacks', () => {
    expect(refusal(complete.replace('kafka:\n  brokers: [127.0.0.1:9092]\n', ''))).toEqual([
      'direction.yaml:1:1 or environment (ROWBRIDGE_KAFKA_BROKERS or KAFKA_BROKERS): kafka.brokers: is required and missing; allowed: list such as 127.0.0.1:9092',
    ]);
  });

  test('for a reference to a variable that is neither set nor given a default', () => {
    expect(refusal(complete.replace('${LEGACY_PASSWORD:-in-the-file}', '${LEGACY_PASSWORD}'))).toEqual([
      'direction.yaml:11:13: source.password: environment variable LEGACY_PASSWORD is not set; set it, or write ${LEGACY_PASSWORD:-default}',
    ]);
  });

  test('without showing a secret of the wrong type, or one within an address', () => {
    const lines = refusal(complete.replace('password: for-revamp', 'password: 20261121'), {
      CONNECT_URL: 'ftp://operator:hunter2@connect:8083',
    }).join('\n');
    expect(lines).toContain('target.password: found a value that is not shown');
    expect(lines).toContain('connect.url: found "ftp://[redacted]@connect:8083"');
    expect(lines).not.toMatch(/20261121|hunter2/);
  });

  test('where two keys contradict each other', () => {
    expect(refusal(`${complete}pools: { maxOpen: 2, maxIdle: 3 }\n`)[0]).toContain(
      'maxIdle is above maxOpen',
    );
    expect(refusal(`${complete}retry: { initialDelayMs: 40000 }\n`)[0]).toContain(
      'initialDelayMs is above maxDelayMs',
    );
    expect(refusal(`${complete}breaker: { deadLetters: 9, ofLast: 3 }\n`)[0]).toContain(
      'deadLetters is above ofLast',
    );
  });

  test('when the file is not YAML, repeats a key, holds no keys, or is not there', () => {
    expect(refusal('direction: [unclosed')[0]).toMatch(/^direction\.yaml:1:\d+: /);
    expect(refusal('epoch: 1\nepoch: 2\n')[0]).toMatch(/^direction\.yaml:2:1: Map keys must be unique/);
    expect(refusal('- a list\n')[0]).toContain('the file holds no keys');
    const file = join(directory, 'absent.yaml');
    expect(() => loadConfiguration({ schema: directionConfigurationSchema, file, environment: {} })).toThrow(
      /absent\.yaml: the file cannot be read/,
    );
  });
});
