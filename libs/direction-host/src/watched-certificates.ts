import type { DirectionConfiguration } from '@rowbridge/config';
import { poolSettingsOf, readServerCertificateEnd } from '@rowbridge/database-access';
import type { WatchedCertificate } from '@rowbridge/observability';

/**
 * What the connections to both databases rely on where they are encrypted: the certificate each server shows, and the
 * authorities it is verified with, where a file names them.
 */
export function watchedCertificates(
  configuration: Pick<DirectionConfiguration, 'source' | 'target'>,
): readonly WatchedCertificate[] {
  return (['source', 'target'] as const).flatMap((name): WatchedCertificate[] => {
    const { tls } = configuration[name];
    if (!tls.enabled) return [];
    const server = {
      name,
      readEnd: async () => readServerCertificateEnd(poolSettingsOf(configuration[name], name)),
    };
    return tls.caFile === undefined ? [server] : [server, { name, file: tls.caFile }];
  });
}
