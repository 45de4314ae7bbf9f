import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { controlApiConfigurationSchema, controlApiEnvironmentNames } from './control-api-configuration.js';
import { loadConfiguration } from './load-configuration.js';

const sides = ['legacy', 'revamp'] as const;
const token = 'a-token-of-good-length';

const environment = {
  KAFKA_BROKERS: '127.0.0.1:9092',
  CONNECT_URL: 'http://127.0.0.1:8083',
  SCHEMA_REGISTRY_URL: 'http://127.0.0.1:8082/apis/ccompat/v7',
  ...Object.fromEntries(
    ['LEGACY', 'REVAMP'].flatMap((side) =>
      Object.entries({
        ENGINE: 'postgres',
        DATABASE: 'db',
        USER: 'sync',
        PASSWORD: 'secret-of-the-database',
      }).map(([key, value]) => [`DB_${side}_${key}`, value]),
    ),
  ),
};

function load(tokens: Readonly<Record<string, string>>) {
  return loadConfiguration({
    schema: controlApiConfigurationSchema(sides),
    environment: { ...environment, ...tokens },
    environmentNames: controlApiEnvironmentNames(sides),
  });
}

describe('the configuration of the control API', () => {
  test('takes addresses and databases by the names the directions use', () => {
    const { kafka, connect, databases, http, controlStore } = load({
      ROWBRIDGE_TOKENS: `ops read ${token}`,
      DB_REVAMP_PORT: '3307',
      PORT: '0',
      ROWBRIDGE_CONTROL_STORE_URL: 'sqlite:/data/control.db',
    });
    expect(kafka.brokers).toEqual(['127.0.0.1:9092']);
    expect(connect.url).toBe('http://127.0.0.1:8083');
    expect([databases.legacy.port, databases.revamp.port]).toEqual([5432, 3307]);
    expect(http).toMatchObject({ host: '127.0.0.1', port: 0, corsOrigins: [] });
    expect(controlStore.url).toBe('sqlite:/data/control.db');
  });

  test('keeps digests of tokens and never a token', () => {
    const digest = createHash('sha256').update(token).digest();
    const { tokens } = load({
      ROWBRIDGE_TOKENS: `# who may what\nops read,operate ${token}; grafana read sha256:${digest.toString('hex')}`,
    });
    expect(tokens).toEqual([
      { name: 'ops', scopes: new Set(['read', 'operate']), digest },
      { name: 'grafana', scopes: new Set(['read']), digest },
    ]);
    expect(JSON.stringify(tokens)).not.toContain(token);
  });

  test('reads tokens from a file, as any secret', () => {
    const folder = mkdtempSync(join(tmpdir(), 'rowbridge-tokens-'));
    try {
      writeFileSync(join(folder, 'tokens'), `ops read ${token}\nconsole read,unmask ${token}2\n`);
      const { tokens } = load({ ROWBRIDGE_TOKENS_FILE: join(folder, 'tokens') });
      expect(tokens.map(({ name }) => name)).toEqual(['ops', 'console']);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test.each([
    ['ops read', /allowed: <name> <scope>/],
    [`ops read ${token} more`, /allowed: <name> <scope>/],
    [`ops write ${token}`, /scopes of ops may be read, operate, replay, unmask/],
    ['ops read secret-short', /token of ops is shorter than 16/],
    [`ops read ${token}; ops operate ${token}3`, /ops stands more than once/],
    ['# nobody', /holds no token/],
    [`o/p read ${token}`, /the name may hold/],
  ])('refuses the tokens %j, without quoting one', (tokens, message) => {
    let refusal = '';
    try {
      load({ ROWBRIDGE_TOKENS: tokens });
    } catch (failure) {
      refusal = (failure as Error).message;
    }
    expect(refusal).toMatch(message);
    expect(refusal).toContain('environment variable ROWBRIDGE_TOKENS');
    for (const secret of [token, 'secret-short']) expect(refusal).not.toContain(secret);
  });
});
