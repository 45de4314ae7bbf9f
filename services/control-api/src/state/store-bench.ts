import { openControlStore, type ControlStore } from '@rowbridge/control-store';
import { createLogger, type Logger } from '@rowbridge/observability';
import { AuditTrail } from '../audit-trail.js';
import type { Route, RouteCall } from '../http/route.js';
import { LastingLink } from './lasting-link.js';

/** A store in memory behind a link that is open, as resources are given it. */
export class StoreBench {
  readonly audit: AuditTrail;

  private constructor(
    readonly store: ControlStore,
    readonly link: LastingLink<ControlStore>,
    logger: Logger,
  ) {
    this.audit = new AuditTrail(link, logger);
  }

  /** @param logger silent unless given */
  static async open(logger = createLogger({ name: 'test', level: 'fatal' })): Promise<StoreBench> {
    const store = await openControlStore({ url: 'sqlite::memory:' });
    const link = new LastingLink<ControlStore>({
      dependency: 'store',
      open: () => Promise.resolve(store),
      close: (opened) => opened.close(),
      logger,
    });
    link.start();
    await new Promise<void>((resolve) => link.whenOpen(() => resolve()));
    return new StoreBench(store, link, logger);
  }

  close(): Promise<void> {
    return this.link.close();
  }

  /** What the audit log holds, newest first. */
  async noted(): Promise<readonly object[]> {
    return (await this.store.audit.list({ limit: 10 })).items;
  }
}

/** Calls an operation past the application, as the caller `ops`. @param given what its handler reads of the request */
export async function callOperation(
  routes: readonly Route[],
  operationId: string,
  given: object,
): Promise<unknown> {
  const route = routes.find((candidate) => candidate.operationId === operationId);
  if (route?.kind !== 'call') throw new Error(`no operation ${operationId}`);
  const call = { caller: { name: 'ops' }, ...given };
  return route.handle(call as unknown as RouteCall<unknown, unknown, unknown>);
}
