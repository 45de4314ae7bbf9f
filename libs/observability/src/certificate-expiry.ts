import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { Gauge, type Registry } from 'prom-client';

/** A PEM file of one or more certificates that a process is configured with. */
export interface WatchedCertificate {
  /** What it is for, such as `source`. */
  readonly name: string;
  readonly file: string;
}

const keptMs = 60_000;

/**
 * Exports `sync_certificate_expiry_seconds`: the time until the first certificate of each file expires, negative
 * afterwards. A file is read again at most once a minute, so a renewed one shows without a restart; one that cannot be
 * read, or holds no certificate, has no sample.
 * @param now milliseconds since 1970
 */
export function exportCertificateExpiry(
  registry: Registry,
  certificates: readonly WatchedCertificate[],
  now: () => number = Date.now,
): void {
  let readAtMs = -Infinity;
  let expiries: readonly { readonly name: string; readonly expiresAtMs: number }[] = [];
  new Gauge({
    name: 'sync_certificate_expiry_seconds',
    help: 'Time until the first certificate of a configured file expires',
    labelNames: ['certificate'],
    registers: [registry],
    async collect() {
      if (now() - readAtMs >= keptMs) {
        readAtMs = now();
        expiries = (await Promise.all(certificates.map(readExpiry))).flat();
      }
      this.reset();
      for (const { name, expiresAtMs } of expiries) {
        this.set({ certificate: name }, (expiresAtMs - now()) / 1_000);
      }
    },
  });
}

async function readExpiry({
  name,
  file,
}: WatchedCertificate): Promise<{ name: string; expiresAtMs: number }[]> {
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
  return ends.length === 0 ? [] : [{ name, expiresAtMs: Math.min(...ends) }];
}
