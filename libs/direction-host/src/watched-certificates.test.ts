import { createServer, type AddressInfo } from 'node:net';
import { RowbridgeError } from '@rowbridge/errors';
import { watchedCertificates } from './watched-certificates.js';

type Databases = Parameters<typeof watchedCertificates>[0];

function database(tls: Databases['source']['tls'], port = 5432): Databases['source'] {
  return {
    engine: 'postgres',
    host: '127.0.0.1',
    port,
    database: 'legacy_db',
    user: 'rowbridge_sync',
    password: { reveal: () => 'generated' },
    tls,
  } as unknown as Databases['source'];
}

/** A port that nobody listens on. */
async function closedPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

test('there are none to watch where no connection is encrypted', () => {
  const tls = { enabled: false, caFile: '/certificates/authority.pem' };
  expect(watchedCertificates({ source: database(tls), target: database(tls) })).toEqual([]);
});

test('each server that is talked to over TLS is watched, and the authorities that a file names', () => {
  const watched = watchedCertificates({
    source: database({ enabled: true }),
    target: database({ enabled: true, caFile: '/certificates/authority.pem' }),
  });
  expect(watched).toEqual([
    { name: 'source', readEnd: expect.any(Function) },
    { name: 'target', readEnd: expect.any(Function) },
    { name: 'target', file: '/certificates/authority.pem' },
  ]);
});

test('a server is asked at the address it is configured with', async () => {
  const port = await closedPort();
  const [server] = watchedCertificates({
    source: database({ enabled: true }, port),
    target: database({ enabled: false }),
  });
  if (server === undefined || !('readEnd' in server)) throw new Error('no server is watched');
  const failure = await server.readEnd().catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(RowbridgeError);
  expect(failure).toMatchObject({ code: 'connection_lost', message: expect.stringContaining(String(port)) });
});
