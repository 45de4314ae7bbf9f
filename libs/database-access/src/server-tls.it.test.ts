import { execFileSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { chownSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { RowbridgeError } from '@rowbridge/errors';
import type { RunningStack } from '@rowbridge/embedded-stack';
import { createDatabase, createEngineProvider, describeWithEngines, waitFor } from '@rowbridge/testing';
import { createMysqlPool, createPostgresPool, type PoolSettings } from './connection.js';
import { readServerCertificateEnd } from './server-certificate.js';
import { readServerFacts } from './server-facts.js';
import { runOnMysql } from './statements/mysql-statement.js';
import { runOnPostgres } from './statements/postgres-statement.js';

const provider = createEngineProvider();
const { kafkaStack: startStack } = provider;
const name = 'a server verified by its certificate';

if (startStack === undefined || !canMakeCertificates()) {
  const reason =
    startStack === undefined
      ? `${provider.name} has no servers with TLS`
      : 'no openssl 3 to make certificates with';
  describe.skip(`${name} (skipped, ${reason})`, () => {
    it.todo('needs certificates beside the server');
  });
} else {
  describeWithEngines(name, () => tlsSuite(startStack));
}

/** Certificates made for this run: the server's says `database.internal` and 127.0.0.1. */
interface Certificates {
  readonly folder: string;
  readonly authority: string;
  readonly otherAuthority: string;
  readonly serverEnds: Date;
}

function tlsSuite(start: NonNullable<typeof startStack>): void {
  let stack: RunningStack;
  let certificates: Certificates;
  let plainRefusals: { readonly postgres: unknown; readonly mysql: unknown };

  beforeAll(async () => {
    certificates = makeCertificates();
    stack = await start({ components: ['postgres', 'mysql'] });
    plainRefusals = {
      postgres: await refusalOf({ url: stack.databases.postgres.url, tls: {} }),
      mysql: await refusalOf({ url: stack.databases.mysql.url, tls: {} }),
    };
    await Promise.all([encryptPostgres(stack, certificates), encryptMariadb(stack, certificates)]);
  });

  afterAll(async () => {
    await provider.stop();
    rmSync(certificates.folder, { recursive: true, force: true });
  });

  const at = (family: Family, host: string, tls: PoolSettings['tls']): PoolSettings => {
    const url = new URL(stack.databases[family].url);
    url.hostname = host;
    return { url: url.toString(), ...(tls && { tls }) };
  };

  describe.each(['postgres', 'mysql'] as const)('%s', (family) => {
    const seen = family === 'postgres' ? isPostgresEncrypted : isMysqlEncrypted;

    it('is talked to in plain text only where TLS is not asked for', async () => {
      expect(await seen(at(family, '127.0.0.1', undefined))).toBe(false);
    });

    it('is talked to encrypted, verified by the address in its certificate', async () => {
      expect(await seen(at(family, '127.0.0.1', { authority: certificates.authority }))).toBe(true);
    });

    it('is talked to encrypted under a name that its certificate does not carry, where serverName is one it does', async () => {
      const tls = { authority: certificates.authority, serverName: 'database.internal' };
      expect(await seen(at(family, 'localhost', tls))).toBe(true);
    });

    it('tells when the certificate ends that it shows, where it is talked to over TLS', async () => {
      const end = await readServerCertificateEnd(
        at(family, '127.0.0.1', { authority: certificates.authority }),
      );
      expect(end).toEqual(certificates.serverEnds);
      expect(await readServerCertificateEnd(at(family, '127.0.0.1', undefined))).toBeNull();
    });

    it('tells no end of a certificate that is refused', async () => {
      const refused = at(family, 'localhost', { authority: certificates.authority });
      await expect(readServerCertificateEnd(refused)).rejects.toMatchObject({ code: 'certificate_refused' });
    });

    it('is refused under a name that its certificate does not carry', async () => {
      const refusal = await refusalOf(at(family, 'localhost', { authority: certificates.authority }));
      expectRefusal(refusal, `localhost:${stack.databases[family].port}`);
    });

    it.each(['other.internal', '127.0.0.2'])('is refused where serverName is %s', async (serverName) => {
      const tls = { authority: certificates.authority, serverName };
      const refusal = await refusalOf(at(family, '127.0.0.1', tls));
      expectRefusal(refusal, `127.0.0.1:${stack.databases[family].port}`);
    });

    it('is refused where another authority is trusted, and where none is named', async () => {
      for (const tls of [{ authority: certificates.otherAuthority }, {}]) {
        const refusal = await refusalOf(at(family, '127.0.0.1', tls));
        expectRefusal(refusal, `127.0.0.1:${stack.databases[family].port}`);
      }
    });

    it('is refused where it speaks no TLS', () => {
      expectRefusal(plainRefusals[family], `127.0.0.1:${stack.databases[family].port}`);
    });
  });

  it('takes no second word on TLS from the address of a PostgreSQL server', async () => {
    const settings = at('postgres', '127.0.0.1', { authority: certificates.authority });
    const refusal = await refusalOf({ ...settings, url: `${settings.url}?sslmode=disable` });
    expect(refusal).toMatchObject({
      code: 'invalid_configuration',
      message: expect.stringContaining('sslmode'),
    });
  });
}

type Family = 'postgres' | 'mysql';

async function refusalOf(settings: PoolSettings): Promise<unknown> {
  return readServerFacts(settings).then(
    () => 'no refusal',
    (error: unknown) => error,
  );
}

function expectRefusal(refusal: unknown, server: string): void {
  expect(refusal).toBeInstanceOf(RowbridgeError);
  const { code, message } = refusal as RowbridgeError;
  expect({ code, message }).toEqual({
    code: 'certificate_refused',
    message: expect.stringContaining(`${server}: `),
  });
  expect(message).toContain('tls.caFile');
}

async function isPostgresEncrypted(settings: PoolSettings): Promise<boolean> {
  const pool = createPostgresPool({ ...settings, maxOpen: 1 });
  try {
    const text = 'select ssl from pg_catalog.pg_stat_ssl where pid = pg_catalog.pg_backend_pid()';
    const { rows } = await runOnPostgres(pool)({ text, operation: 'read_encryption' });
    return rows[0]?.[0] === 't';
  } finally {
    await pool.end();
  }
}

async function isMysqlEncrypted(settings: PoolSettings): Promise<boolean> {
  const pool = createMysqlPool({ ...settings, maxOpen: 1 });
  try {
    const text = "show session status like 'Ssl_cipher'";
    const { rows } = await runOnMysql(pool)({ text, operation: 'read_encryption' });
    return rows[0]?.[1] !== '';
  } finally {
    await pool.end();
  }
}

function canMakeCertificates(): boolean {
  try {
    return /^OpenSSL [3-9]/.test(execFileSync('openssl', ['version'], { encoding: 'utf8', stdio: 'pipe' }));
  } catch {
    return false;
  }
}

function makeCertificates(): Certificates {
  const folder = mkdtempSync(join(tmpdir(), 'rowbridge-tls-'));
  const make = (file: string, ...options: string[]): string => {
    const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
    const out = ['-keyout', `${file}.key`, '-out', `${file}.pem`, '-days', '2', '-subj', `/CN=${file}`];
    execFileSync('openssl', ['req', '-x509', ...key, ...out, ...options], { cwd: folder, stdio: 'pipe' });
    return readFileSync(join(folder, `${file}.pem`), 'utf8');
  };
  const authority = make('authority');
  const otherAuthority = make('other');
  const names = 'subjectAltName=DNS:database.internal,IP:127.0.0.1';
  const signed = ['-CA', 'authority.pem', '-CAkey', 'authority.key', '-addext', names];
  const server = make('server', ...signed, '-addext', 'basicConstraints=critical,CA:FALSE');
  const serverEnds = new Date(new X509Certificate(server).validTo);
  return { folder, authority, otherAuthority, serverEnds };
}

/** Puts key and certificate where the server finds them, as its own files. */
function install(certificates: Certificates, folder: string): void {
  const { uid, gid } = statSync(folder);
  for (const file of ['server.key', 'server.pem']) {
    writeFileSync(join(folder, file), readFileSync(join(certificates.folder, file)), { mode: 0o600 });
    chownSync(join(folder, file), uid, gid);
  }
}

async function encryptPostgres({ databases }: RunningStack, certificates: Certificates): Promise<void> {
  const database = await createDatabase('postgres', { serverUrl: databases.postgres.url });
  const [directory] = await database.run('show data_directory');
  install(certificates, String(directory?.['data_directory']));
  await database.run("alter system set ssl_cert_file = 'server.pem'");
  await database.run("alter system set ssl_key_file = 'server.key'");
  await database.run('alter system set ssl = on');
  await database.run('select pg_reload_conf()');
  await waitFor(async () => (await database.run('show ssl'))[0]?.['ssl'] === 'on', {
    deadlineMs: 10_000,
    what: 'the server to speak TLS',
  });
  await database.drop();
}

async function encryptMariadb(stack: RunningStack, certificates: Certificates): Promise<void> {
  const database = await createDatabase('mariadb', { serverUrl: stack.databases.mysql.url });
  const [directory] = await database.run('select @@datadir as folder');
  await database.drop();
  const folder = String(directory?.['folder']);
  install(certificates, folder);
  const configuration = join(dirname(join(folder, '.')), 'my.cnf');
  const files = `ssl-cert = ${join(folder, 'server.pem')}\nssl-key = ${join(folder, 'server.key')}`;
  writeFileSync(configuration, readFileSync(configuration, 'utf8').replace('ssl = 0', files));
  await stack.restart('mysql');
}
