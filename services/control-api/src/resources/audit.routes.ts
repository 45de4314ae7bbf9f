import { auditListSchema, auditQuery } from '@rowbridge/control-protocol';
import type { CreateModule } from '../api-context.js';
import { askDependency } from '../http/request-problem.js';
import { route } from '../http/route.js';

export const auditModule: CreateModule = ({ store }) => ({
  routes: [
    route({
      method: 'get',
      path: '/api/v1/audit',
      operationId: 'listAudit',
      summary: 'Who changed what, and how it ended; newest first',
      tag: 'audit',
      scope: 'read',
      query: auditQuery,
      answer: auditListSchema,
      async handle({ query }) {
        const { from, until, ...rest } = query;
        const page = await askDependency('store', async () =>
          store.require().audit.list({
            ...rest,
            fromMs: from === undefined ? undefined : Date.parse(from),
            untilMs: until === undefined ? undefined : Date.parse(until),
          }),
        );
        return {
          items: page.items.map(({ atMs, ...entry }) => ({ ...entry, at: new Date(atMs).toISOString() })),
          nextCursor: page.next,
        };
      },
    }),
  ],
});
