import { createDirectionMetrics } from './direction-metrics.js';

describe('what a direction measures', () => {
  it('tells the one state its connector is in, in lower case as alerts ask for it', async () => {
    const { registry, connectorState } = createDirectionMetrics('legacy-to-revamp');
    connectorState('legacy', 'RUNNING');
    connectorState('legacy', 'FAILED');
    expect((await registry.getSingleMetric('sync_connector_state')?.get())?.values).toEqual([
      { labels: { connector: 'legacy', state: 'failed' }, value: 1 },
    ]);
  });
});
