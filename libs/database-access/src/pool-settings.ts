import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { RowbridgeError } from '@rowbridge/errors';
import type { PoolSettings } from './connection.js';
import type { ServerTls } from './server-tls.js';

/** How to reach a database, as the configuration has it. */
export interface ConfiguredDatabase {
  readonly engine: 'postgres' | 'mysql' | 'mariadb';
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user: string;
  readonly password: { reveal(): string };
  readonly tls: ConfiguredTls;
}

export interface ConfiguredTls {
  readonly enabled: boolean;
  /** Path of a PEM file. */
  readonly caFile?: string | undefined;
  readonly serverName?: string | undefined;
}

/**
 * Address, credentials and TLS of a configured database.
 * @param path of its group of keys in the configuration, such as `source`
 * @throws RowbridgeError `invalid_configuration` where the authority's file cannot be read or holds no certificate
 */
export function poolSettingsOf(
  database: ConfiguredDatabase,
  path: string,
): Pick<PoolSettings, 'url' | 'tls'> {
  const { engine, host, port, user, password } = database;
  const scheme = engine === 'postgres' ? 'postgres' : 'mysql';
  const credentials = `${encodeURIComponent(user)}:${encodeURIComponent(password.reveal())}`;
  const tls = serverTlsOf(database.tls, `${path}.tls`);
  return {
    url: `${scheme}://${credentials}@${host}:${port}/${encodeURIComponent(database.database)}`,
    ...(tls && { tls }),
  };
}

/**
 * What a server is verified by; undefined where TLS is off.
 * @param path of the group of keys, such as `source.tls`
 * @throws RowbridgeError `invalid_configuration` where the authority's file cannot be read or holds no certificate
 */
export function serverTlsOf(tls: ConfiguredTls, path: string): ServerTls | undefined {
  if (!tls.enabled) return undefined;
  const { caFile, serverName } = tls;
  return {
    ...(caFile === undefined ? {} : { authority: readAuthority(caFile, `${path}.caFile`) }),
    ...(serverName === undefined ? {} : { serverName }),
  };
}

function readAuthority(file: string, key: string): string {
  const refuse = (problem: string, reason: string, cause: unknown): RowbridgeError =>
    new RowbridgeError('invalid_configuration', problem, {
      details: { key, file, reason },
      whatToDo: `Set ${key} to a PEM file, readable by the service, of the authority that signed the server's certificate.`,
      cause,
    });
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    const { code = 'unknown' } = error as NodeJS.ErrnoException;
    throw refuse('The file of the authority cannot be read', code, error);
  }
  const certificates = text.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  if (certificates.length === 0) {
    throw refuse('The file of the authority holds no certificate', 'no BEGIN CERTIFICATE', undefined);
  }
  try {
    for (const certificate of certificates) new X509Certificate(certificate);
  } catch (error) {
    throw refuse('The file of the authority holds a certificate that cannot be read', 'not X.509', error);
  }
  return text;
}
