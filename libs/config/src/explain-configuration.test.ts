import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { directionConfigurationSchema, directionEnvironmentNames } from './direction-configuration.js';
import { explainConfiguration } from './explain-configuration.js';

const password = 'word-that-shows-nowhere';
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'rowbridge-explain-'));
});

afterEach(() => rmSync(folder, { recursive: true }));

describe('an explained configuration', () => {
  test('says of every key its value and where that comes from, and shows no secret', () => {
    const file = join(folder, 'rowbridge.yaml');
    writeFileSync(
      file,
      [
        'direction: legacy-to-revamp',
        'batch:',
        '  maxRows: 500',
        'schemaRegistry: { url: "http://127.0.0.1:8082" }',
        'connect: { url: "http://127.0.0.1:8083" }',
        `source: { engine: postgres, database: app, user: sync, password: ${password} }`,
        'target: { engine: mariadb, database: app, user: sync, password: "${TARGET_WORD}" }',
      ].join('\n'),
    );
    const keys = explainConfiguration({
      schema: directionConfigurationSchema,
      file,
      environment: { KAFKA_BROKERS: 'one:9092,two:9092', LOG_LEVEL: 'debug', TARGET_WORD: password },
      environmentNames: directionEnvironmentNames({ source: 'legacy', target: 'revamp' }),
    });
    const byPath = new Map(keys.map((key) => [key.path, key]));
    expect(byPath.get('batch.maxRows')).toEqual({
      path: 'batch.maxRows',
      value: 500,
      from: 'file',
      where: `${file}:3:3`,
    });
    expect(byPath.get('kafka.brokers')).toMatchObject({
      value: ['one:9092', 'two:9092'],
      from: 'environment',
      where: 'KAFKA_BROKERS',
    });
    expect(byPath.get('retry.maxAttempts')).toEqual({
      path: 'retry.maxAttempts',
      value: 3,
      from: 'default',
      where: 'ROWBRIDGE_RETRY_MAX_ATTEMPTS',
    });
    expect(byPath.get('target.port')).toMatchObject({ value: 3306, from: 'default' });
    expect(byPath.get('source.tls.caFile')).toMatchObject({ value: null, from: 'default' });
    for (const side of ['source', 'target'])
      expect(byPath.get(`${side}.password`)).toMatchObject({ value: '[redacted]', from: 'file' });
    expect(JSON.stringify(keys)).not.toContain(password);
  });
});
