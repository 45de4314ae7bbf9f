import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Registry } from 'prom-client';
import { exportCertificateExpiry } from './certificate-expiry.js';

/** Authorities made for this test. */
const sooner = `-----BEGIN CERTIFICATE-----
MIIBjzCCATWgAwIBAgIUe70ylwisf3BgHpEWVbla+2msiUkwCgYIKoZIzj0EAwIw
HTEbMBkGA1UEAwwSYXV0aG9yaXR5LTQwMC50ZXN0MB4XDTI2MTEyMTEzNTAzMloX
DTI3MTIyNjEzNTAzMlowHTEbMBkGA1UEAwwSYXV0aG9yaXR5LTQwMC50ZXN0MFkw
EwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEUIwhUH4cMrZYAxyXj0K5CeSx4Dl16eLk
VndOK7kaDaChEZkdN1ts60FRh6JJBeaVoHnvnRorhYM1bWwxRQmMKaNTMFEwHQYD
VR0OBBYEFGFEVMYMDavqV7yQl3+tzj+ZQzqRMB8GA1UdIwQYMBaAFGFEVMYMDavq
V7yQl3+tzj+ZQzqRMA8GA1UdEwEB/wQFMAMBAf8wCgYIKoZIzj0EAwIDSAAwRQIg
PQe5kPqbCcU2uDBZGQvH2LZURdM7Jn6dYe6vMVO8Y6ECIQDAenPQc9RldCw8lcmv
qjGA9JDzc9M7j8vBomTY/XmI9Q==
-----END CERTIFICATE-----`;
const soonerEnds = Date.parse('2027-12-26T13:50:32Z');
const later = `-----BEGIN CERTIFICATE-----
MIIBkTCCATegAwIBAgIUZBplEeaapAhuW9QvkqDR5PIbpYEwCgYIKoZIzj0EAwIw
HjEcMBoGA1UEAwwTYXV0aG9yaXR5LTQwMDAudGVzdDAeFw0yNjExMjExMzUwMzJa
Fw0zNzExMDMxMzUwMzJaMB4xHDAaBgNVBAMME2F1dGhvcml0eS00MDAwLnRlc3Qw
WTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAASvCo7GbQi4R2lgTZJstSliRnfoj/Dc
sZFTTnF+5W7qu8HELpWAQ68zfJK6jrZWO+YtOcgDBSUvejWhFWsGOgfBo1MwUTAd
BgNVHQ4EFgQUOz6274yEziYX3dOu8SV9wKVNI5UwHwYDVR0jBBgwFoAUOz6274yE
ziYX3dOu8SV9wKVNI5UwDwYDVR0TAQH/BAUwAwEB/zAKBggqhkjOPQQDAgNIADBF
AiA0/G4syusWMmXLWS43TAYdrDIMPDXXEasVejGP/pZMCgIhAMTkV2HXiWt1F7Fo
XoSyHLMV34BAYY3CJJGSoQvrFbQr
-----END CERTIFICATE-----`;
const laterEnds = Date.parse('2037-11-03T13:50:32Z');

describe('the expiry of configured certificates', () => {
  let folder: string;
  let nowMs: number;
  let registry: Registry;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'rowbridge-certificates-'));
    registry = new Registry();
    nowMs = soonerEnds - 10 * 86_400_000;
  });

  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const write = (...certificates: string[]): string => {
    const file = join(folder, 'authorities.pem');
    writeFileSync(file, certificates.join('\n'));
    return file;
  };
  const watch = (file: string): void =>
    exportCertificateExpiry(registry, [{ name: 'source', file }], () => nowMs);
  const samples = async (): Promise<unknown> =>
    (await registry.getSingleMetric('sync_certificate_expiry_seconds')?.get())?.values;

  test('is the time until the first of a file expires, and negative after it has', async () => {
    watch(write(later, sooner));
    expect(await samples()).toEqual([
      { labels: { certificate: 'source', kind: 'authority' }, value: 10 * 86_400 },
    ]);
    nowMs = soonerEnds + 5_000;
    expect(await samples()).toEqual([{ labels: { certificate: 'source', kind: 'authority' }, value: -5 }]);
  });

  test('follows a file that was renewed, within a minute and without a restart', async () => {
    const file = write(sooner);
    watch(file);
    await samples();
    write(later);
    nowMs += 60_000;
    expect(await samples()).toEqual([
      { labels: { certificate: 'source', kind: 'authority' }, value: (laterEnds - nowMs) / 1_000 },
    ]);
  });

  test('has no sample where there is no certificate, whatever is in the file', async () => {
    watch(write('-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----'));
    exportCertificateExpiry(new Registry(), [{ name: 'target', file: join(folder, 'missing.pem') }]);
    expect(await samples()).toEqual([]);
  });

  describe('of a server', () => {
    const server = { labels: { certificate: 'source', kind: 'server' } };

    test('is there from the second reading on, and the server is not asked again for five minutes', async () => {
      const ends = [soonerEnds, laterEnds];
      let asked = 0;
      const readEnd = (): Promise<Date> => Promise.resolve(new Date(ends[asked++] ?? 0));
      exportCertificateExpiry(registry, [{ name: 'source', readEnd }], () => nowMs);
      expect(await samples()).toEqual([]);
      expect(await samples()).toEqual([{ ...server, value: 10 * 86_400 }]);
      nowMs += 299_999;
      await samples();
      expect(asked).toBe(1);
      nowMs += 1;
      await samples();
      expect(await samples()).toEqual([{ ...server, value: (laterEnds - nowMs) / 1_000 }]);
    });

    test('is what was seen before where the server is away, and nothing where it shows none', async () => {
      const ends = [new Date(soonerEnds), new Error('the server is away'), null];
      const readEnd = async (): Promise<Date | null> => {
        const end = ends.shift() ?? null;
        if (end instanceof Error) throw end;
        return Promise.resolve(end);
      };
      exportCertificateExpiry(registry, [{ name: 'source', readEnd }], () => nowMs);
      await samples();
      nowMs = soonerEnds + 5_000;
      await samples();
      expect(await samples()).toEqual([{ ...server, value: -5 }]);
      nowMs += 300_000;
      await samples();
      expect(await samples()).toEqual([]);
    });

    test('does not keep whoever reads metrics waiting', async () => {
      const readEnd = (): Promise<never> => new Promise(() => undefined);
      exportCertificateExpiry(registry, [{ name: 'source', readEnd }], () => nowMs);
      expect(await samples()).toEqual([]);
    });
  });
});
