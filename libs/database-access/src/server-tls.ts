import { connect, isIP } from 'node:net';
import { checkServerIdentity, type ConnectionOptions, type PeerCertificate } from 'node:tls';
import type { PoolOptions } from 'mysql2/promise';
import { RowbridgeError } from '@rowbridge/errors';

/** How a server proves that it is the one meant. Nothing is ever sent in plain text beside it. */
export interface ServerTls {
  /** PEM text of the authorities that may have signed the certificate. Those Node.js trusts, where left out. */
  readonly authority?: string | undefined;
  /** Name the certificate must carry. The host of the address, where left out. */
  readonly serverName?: string | undefined;
}

export interface ServerAddress {
  /** A name, or an IP address without brackets. */
  readonly host: string;
  readonly port: number;
}

/** @param url `postgres://…` or `mysql://…` */
export function serverAddressOf(url: string): ServerAddress {
  const { protocol, hostname, port } = new URL(url);
  const usualPort = protocol.startsWith('postgres') ? 5432 : 3306;
  return { host: hostname.replace(/^\[|\]$/g, ''), port: port === '' ? usualPort : Number(port) };
}

/**
 * The `ssl` of a `pg` connection.
 * @throws RowbridgeError `invalid_configuration` where the address has settings of its own for TLS: the driver would
 *   put them above these
 */
export function postgresTls(url: string, tls: ServerTls): ConnectionOptions {
  const own = [...new URL(url).searchParams.keys()].find((name) => /^(?:ssl|uselibpqcompat)/i.test(name));
  if (own !== undefined) {
    throw new RowbridgeError('invalid_configuration', 'The address and the keys of TLS speak of TLS both', {
      details: { 'parameter of the address': own },
      whatToDo: `Take ${own} out of the address: tls.caFile and tls.serverName say all of it.`,
    });
  }
  const { host } = serverAddressOf(url);
  const name = tls.serverName ?? host;
  return {
    rejectUnauthorized: true,
    ca: tls.authority,
    // The driver names its host to a server itself, unless that is an address.
    ...(isIP(name) === 0 ? { servername: name } : {}),
    checkServerIdentity: (_host: string, certificate: PeerCertificate) =>
      checkServerIdentity(name, certificate),
  };
}

/**
 * TLS of a `mysql2` connection. The driver verifies the name it believes to connect to and no other, and no IP address
 * (it would ask for `localhost`): so it is told the name, the socket goes to the address, and an IP address ends with
 * a dot, which Node.js takes off again when it compares.
 */
export function mysqlTls(url: string, tls: ServerTls): Pick<PoolOptions, 'host' | 'ssl' | 'stream'> {
  const { host, port } = serverAddressOf(url);
  const name = tls.serverName ?? host;
  return {
    host: isIP(name) === 0 ? name : `${name}.`,
    stream: () => connect({ host, port, noDelay: true, keepAlive: true }),
    ssl: {
      rejectUnauthorized: true,
      verifyIdentity: true,
      ...(tls.authority === undefined ? {} : { ca: tls.authority }),
    },
  };
}

/** Says in the failure itself which server was refused: drivers do not. The failure is answered. */
export function nameRefusedServer<Failure extends Error | null>(
  failure: Failure,
  { host, port }: ServerAddress,
): Failure {
  const prefix = `${host}:${port}: `;
  if (failure !== null && !failure.message.startsWith(prefix)) failure.message = prefix + failure.message;
  return failure;
}
