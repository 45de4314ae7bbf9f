import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rootCertificates } from 'node:tls';
import { exitCodeFor, RowbridgeError } from '@rowbridge/errors';
import { poolSettingsOf, type ConfiguredDatabase } from './pool-settings.js';

const database: ConfiguredDatabase = {
  engine: 'mariadb',
  host: 'revamp.internal',
  port: 3307,
  database: 'revamp db',
  user: 'sync',
  password: { reveal: () => 'p@ss/word' },
  tls: { enabled: false, caFile: '/nowhere/authority.pem', serverName: 'database.internal' },
};
const authority = rootCertificates[0] ?? '';

describe('how a configured database is connected to', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'rowbridge-authority-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const withAuthority = (caFile: string | undefined): ConfiguredDatabase => ({
    ...database,
    tls: { ...database.tls, enabled: true, caFile },
  });
  const refusal = (caFile: string): RowbridgeError => {
    try {
      poolSettingsOf(withAuthority(caFile), 'source');
    } catch (error) {
      return error as RowbridgeError;
    }
    throw new Error('it was not refused');
  };
  const write = (text: string): string => {
    const file = join(folder, 'authority.pem');
    writeFileSync(file, text);
    return file;
  };

  test('address and credentials are escaped, and TLS that is off is left out whole', () => {
    expect(poolSettingsOf(database, 'source')).toEqual({
      url: 'mysql://sync:p%40ss%2Fword@revamp.internal:3307/revamp%20db',
    });
    expect(poolSettingsOf({ ...database, engine: 'postgres' }, 'source').url).toMatch(/^postgres:/);
  });

  test('the authority is read from its file, the name taken as it is', () => {
    const { tls } = poolSettingsOf(withAuthority(write(`# ours\n${authority}\n`)), 'source');
    expect(tls).toEqual({ authority: `# ours\n${authority}\n`, serverName: 'database.internal' });
    expect(poolSettingsOf(withAuthority(undefined), 'source').tls).toEqual({
      serverName: 'database.internal',
    });
  });

  test('a file that cannot be read is refused by key and path', () => {
    const missing = join(folder, 'missing.pem');
    const error = refusal(missing);
    expect(error).toBeInstanceOf(RowbridgeError);
    expect(error.code).toBe('invalid_configuration');
    expect(exitCodeFor(error.code)).toBe(2);
    expect(error.message).toContain('source.tls.caFile');
    expect(error.message).toContain(missing);
    expect(error.message).toContain('ENOENT');
  });

  test.each([
    ['no certificate', ''],
    ['no certificate', '-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----'],
    ['cannot be read', '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----'],
  ])('a file is refused that holds %s (%j)', (reason, text) => {
    const error = refusal(write(text));
    expect(error.code).toBe('invalid_configuration');
    expect(error.message).toContain(reason);
    expect(error.message).not.toContain('AAAA');
  });
});
