import { Gauge, type Registry } from 'prom-client';
import type { ControlStore } from '@rowbridge/control-store';
import type { LastingLink } from '../state/lasting-link.js';

/** `sync_open_dead_letters`: read from the index whenever it is asked for; absent while the store is away. */
export function registerDeadLetterMetrics(
  registry: Registry,
  store: Pick<LastingLink<ControlStore>, 'require'>,
): void {
  const gauge: Gauge<'direction' | 'table' | 'error_code'> = new Gauge({
    name: 'sync_open_dead_letters',
    help: 'Dead letters that wait for somebody.',
    labelNames: ['direction', 'table', 'error_code'],
    registers: [registry],
    async collect() {
      gauge.reset();
      try {
        for (const { direction, table, errorCode, status, letters } of await store
          .require()
          .deadLetters.counts()) {
          if (status === 'open') gauge.set({ direction, table, error_code: errorCode }, letters);
        }
      } catch {
        // Other metrics are served all the same; the health check says that the store is away.
      }
    },
  });
}
