import { TLSSocket } from 'node:tls';
import type { Client } from 'pg';
import { createMysqlPool, createPostgresPool, type PoolSettings } from './connection.js';
import { runOnMysql } from './statements/mysql-statement.js';
import { runOnPostgres } from './statements/postgres-statement.js';

/**
 * When the certificate ends that a server shows to new connections; null where it is not talked to over TLS, or does
 * not say. Opens one connection and closes it. PostgreSQL: from the handshake. MySQL and MariaDB, whose driver keeps
 * the handshake to itself: from the connection's status `Ssl_server_not_after`.
 * @throws RowbridgeError `certificate_refused`, `wrong_password`, connection faults
 */
export async function readServerCertificateEnd(settings: PoolSettings): Promise<Date | null> {
  const end = settings.url.startsWith('mysql:')
    ? await readMysqlCertificateEnd(settings)
    : await readPostgresCertificateEnd(settings);
  const date = new Date(end ?? '');
  return Number.isNaN(date.getTime()) ? null : date;
}

async function readPostgresCertificateEnd(settings: PoolSettings): Promise<string | undefined> {
  const pool = createPostgresPool({ ...settings, maxOpen: 1 });
  let end: string | undefined;
  pool.on('connect', (client) => {
    const { stream } = (client as unknown as Client).connection;
    if (stream instanceof TLSSocket) end = stream.getPeerCertificate().valid_to;
  });
  try {
    await runOnPostgres(pool)({ text: 'select', operation: 'read_server_certificate' });
    return end;
  } finally {
    await pool.end();
  }
}

async function readMysqlCertificateEnd(settings: PoolSettings): Promise<string | undefined> {
  const pool = createMysqlPool({ ...settings, maxOpen: 1 });
  try {
    const text = "show session status like 'Ssl_server_not_after'";
    const { rows } = await runOnMysql(pool)({ text, operation: 'read_server_certificate' });
    return rows[0]?.[1]?.toString();
  } finally {
    await pool.end();
  }
}
