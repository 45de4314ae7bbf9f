import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { Gauge, type Registry } from 'prom-client';

/** A PEM file of one or more certificates of authorities that a process is configured with. */
export interface AuthorityFile {
  /** What it is for, such as `source`. */
  readonly name: string;
  readonly file: string;
}

/** The certificate a server shows. */
export interface ServerCertificate {
  /** What the server is, such as `source`. */
  readonly name: string;
  /** When it ends; null where the server shows none. May fail: what was seen before then holds. */
  readonly readEnd: () => Promise<Date | null>;
}

export type WatchedCertificate = AuthorityFile | ServerCertificate;

const fileKeptMs = 60_000;
const serverKeptMs = 300_000;

/**
 * Exports `sync_certificate_expiry_seconds`: the time until a certificate ends, negative afterwards. Of a file of
 * authorities (`kind="authority"`) it is the first that ends; the file is read again at most once a minute, so a
 * renewed one shows without a restart, and one that cannot be read, or holds no certificate, has no sample. A server
 * (`kind="server"`) is asked at most once in five minutes, and the figure is not waited for: it is there from the next
 * time on that metrics are read.
 * @param now milliseconds since 1970
 */
export function exportCertificateExpiry(
  registry: Registry,
  certificates: readonly WatchedCertificate[],
  now: () => number = Date.now,
): void {
  const watched = certificates.map((certificate) => ({
    name: certificate.name,
    ...('file' in certificate ? watchFile(certificate, now) : watchServer(certificate, now)),
  }));
  new Gauge({
    name: 'sync_certificate_expiry_seconds',
    help: 'Time until a certificate that connections rely on ends',
    labelNames: ['certificate', 'kind'],
    registers: [registry],
    async collect() {
      const ends = await Promise.all(
        watched.map(async ({ name, kind, readEndMs }) => ({ name, kind, endMs: await readEndMs() })),
      );
      this.reset();
      for (const { name, kind, endMs } of ends)
        if (endMs !== null) this.set({ certificate: name, kind }, (endMs - now()) / 1_000);
    },
  });
}

interface Watch {
  readonly kind: 'authority' | 'server';
  /** Milliseconds since 1970; null where nothing is known. Never fails. */
  readonly readEndMs: () => Promise<number | null>;
}

function watchFile({ file }: AuthorityFile, now: () => number): Watch {
  let readAtMs = -Infinity;
  let endMs: number | null = null;
  return {
    kind: 'authority',
    async readEndMs() {
      if (now() - readAtMs >= fileKeptMs) {
        readAtMs = now();
        endMs = await readFirstEnd(file);
      }
      return endMs;
    },
  };
}

function watchServer({ readEnd }: ServerCertificate, now: () => number): Watch {
  let askedAtMs = -Infinity;
  let endMs: number | null = null;
  const ask = async (): Promise<void> => {
    const end = await readEnd();
    endMs = end === null ? null : end.getTime();
  };
  return {
    kind: 'server',
    readEndMs() {
      if (now() - askedAtMs >= serverKeptMs) {
        askedAtMs = now();
        // A server that is away has its own alerts; its certificate goes on growing old.
        ask().catch(() => undefined);
      }
      return Promise.resolve(endMs);
    },
  };
}

async function readFirstEnd(file: string): Promise<number | null> {
  const pem = await readFile(file, 'utf8').catch(() => '');
  const ends = [...pem.matchAll(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g)].flatMap(
    ([certificate]) => {
      try {
        return Date.parse(new X509Certificate(certificate).validTo);
      } catch {
        return [];
      }
    },
  );
  return ends.length === 0 ? null : Math.min(...ends);
}
