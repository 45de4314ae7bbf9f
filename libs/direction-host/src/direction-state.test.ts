import { RowbridgeError } from '@rowbridge/errors';
import { createLogger } from '@rowbridge/observability';
import { DirectionHealth } from './direction-health.js';
import { DirectionState } from './direction-state.js';
import type { PauseOrders } from './pause-orders.js';

describe('DirectionState', () => {
  it('is neither healthy nor ready while its consumer has ended, until it is given partitions again', async () => {
    const logger = createLogger({ name: 'test', level: 'fatal', destination: { write: () => undefined } });
    const state = new DirectionState(logger);
    const pauses = { pausedTables: [], isTablePaused: () => false } as unknown as PauseOrders;
    const { endpoints } = new DirectionHealth(state, pauses, () => 60);
    state.enter('running');
    expect([state.consumerState, endpoints.ready()]).toEqual(['running', true]);
    state.consumerEnded(new RowbridgeError('kafka_refused', 'joining failed'));
    expect([state.consumerState, endpoints.ready(), (await endpoints.health()).status]).toEqual([
      'degraded',
      false,
      'degraded',
    ]);
    expect(state.lastError?.code).toBe('kafka_refused');
    state.consumerJoined();
    expect([state.consumerState, endpoints.ready(), (await endpoints.health()).status]).toEqual([
      'running',
      true,
      'healthy',
    ]);
  });
});
