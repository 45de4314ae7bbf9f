import { connectorModule } from './connectors.routes.js';
import type { ApiContext } from '../api-context.js';
import { callOperation, StoreBench } from '../state/store-bench.js';

describe('restarting a connector', () => {
  let bench: StoreBench;
  let restarts: unknown[];
  let refusal: Error | null;

  beforeEach(async () => {
    [restarts, refusal] = [[], null];
    bench = await StoreBench.open();
  });

  afterEach(() => bench.close());

  const restart = async (
    name: string,
    query: { dryRun?: boolean; onlyFailed?: boolean } = {},
  ): Promise<unknown> => {
    const trace = 'the publication is gone';
    const task = { id: 0, state: 'FAILED', worker: 'one', trace };
    const { routes } = connectorModule({
      connect: {
        list: async () => ['legacy'],
        status: async () => ({ state: 'RUNNING', trace: null, tasks: [task] }),
        restart: async (...asked: unknown[]) => {
          restarts.push(asked);
          if (refusal) throw refusal;
        },
      },
      audit: bench.audit,
    } as unknown as ApiContext);
    return callOperation(routes, 'restartConnector', {
      params: { name },
      query: { dryRun: false, onlyFailed: false, ...query },
    });
  };

  it.each([true, false])(
    'restarts its tasks too, those that failed alone: %s, and notes what it found',
    async (onlyFailed) => {
      expect(await restart('legacy', { onlyFailed })).toMatchObject({
        connector: 'legacy',
        onlyFailed,
        before: { state: 'RUNNING', tasks: [{ id: 0, state: 'FAILED', trace: 'the publication is gone' }] },
      });
      expect(restarts).toEqual([['legacy', { includeTasks: true, onlyFailed }]]);
      expect(await bench.noted()).toMatchObject([
        {
          actor: 'ops',
          action: 'connector.restart',
          target: 'legacy',
          before: { state: 'RUNNING', tasks: [{ id: 0, state: 'FAILED' }] },
          after: { onlyFailed },
          result: 'done',
        },
      ]);
    },
  );

  it('restarts and notes nothing in a dry run, nor where there is no such connector', async () => {
    expect(await restart('legacy', { dryRun: true })).toMatchObject({ dryRun: true });
    await expect(restart('nobody')).rejects.toMatchObject({ code: 'not_found', status: 404 });
    expect([restarts, await bench.noted()]).toEqual([[], []]);
  });

  it('is 503 connect where Kafka Connect does not do it, and noted as such', async () => {
    refusal = new Error('connection refused');
    await expect(restart('legacy')).rejects.toMatchObject({
      status: 503,
      options: { dependency: 'connect' },
    });
    expect(await bench.noted()).toMatchObject([{ result: 'connect_unreachable' }]);
  });
});
