import { openControlStore, type ControlStore } from '@rowbridge/control-store';
import { createLogger } from '@rowbridge/observability';
import { connectorModule } from './connectors.routes.js';
import type { ApiContext } from '../api-context.js';
import { AuditTrail } from '../audit-trail.js';
import type { RouteCall } from '../http/route.js';
import { LastingLink } from '../state/lasting-link.js';

describe('restarting a connector', () => {
  let store: ControlStore;
  let link: LastingLink<ControlStore>;
  let restarts: unknown[];
  let refusal: Error | null;

  beforeEach(async () => {
    [restarts, refusal] = [[], null];
    const logger = createLogger({ name: 'test', level: 'fatal' });
    store = await openControlStore({ url: 'sqlite::memory:' });
    link = new LastingLink({
      dependency: 'store',
      open: () => Promise.resolve(store),
      close: (opened) => opened.close(),
      logger,
    });
    link.start();
    await new Promise<void>((resolve) => link.whenOpen(() => resolve()));
  });

  afterEach(() => link.close());

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
      audit: new AuditTrail(link, createLogger({ name: 'test', level: 'fatal' })),
    } as unknown as ApiContext);
    const route = routes.find(({ operationId }) => operationId === 'restartConnector');
    if (route?.kind !== 'call') throw new Error('no such operation');
    return route.handle({
      params: { name },
      query: { dryRun: false, onlyFailed: false, ...query },
      caller: { name: 'ops' },
    } as unknown as RouteCall<unknown, unknown, unknown>);
  };
  const noted = async () => (await store.audit.list({ limit: 10 })).items;

  it.each([true, false])(
    'restarts its tasks too, those that failed alone: %s, and notes what it found',
    async (onlyFailed) => {
      expect(await restart('legacy', { onlyFailed })).toMatchObject({
        connector: 'legacy',
        onlyFailed,
        before: { state: 'RUNNING', tasks: [{ id: 0, state: 'FAILED', trace: 'the publication is gone' }] },
      });
      expect(restarts).toEqual([['legacy', { includeTasks: true, onlyFailed }]]);
      expect(await noted()).toMatchObject([
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
    expect([restarts, await noted()]).toEqual([[], []]);
  });

  it('is 503 connect where Kafka Connect does not do it, and noted as such', async () => {
    refusal = new Error('connection refused');
    await expect(restart('legacy')).rejects.toMatchObject({
      status: 503,
      options: { dependency: 'connect' },
    });
    expect(await noted()).toMatchObject([{ result: 'connect_unreachable' }]);
  });
});
