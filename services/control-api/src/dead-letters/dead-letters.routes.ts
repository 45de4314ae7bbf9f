import {
  deadLetterDetailSchema,
  deadLetterDryRunQuery,
  deadLetterListSchema,
  deadLetterQuery,
  discardAnswerSchema,
  discardRequestSchema,
} from '@rowbridge/control-protocol';
import type { ApiContext, CreateModule } from '../api-context.js';
import { askDependency } from '../http/request-problem.js';
import { route, type Route } from '../http/route.js';
import { auditedSelection } from './audited-selection.js';
import { requireLetter } from './choose-letters.js';
import { DeadLetterDesk } from './dead-letter-desk.js';
import { registerDeadLetterMetrics } from './dead-letter-metrics.js';
import { discardLetters } from './discard-letters.js';
import { editRoute } from './edit.routes.js';
import { idParams } from './id-params.js';
import { toStoreFilter } from './letter-filter.js';
import { viewDetail, viewLetter } from './letter-view.js';
import { replayRoutes } from './replays.routes.js';

/** Dead letters: list, show, replay, discard, edit. */
export const deadLetterModule: CreateModule = (context) => {
  const desk = new DeadLetterDesk(context);
  registerDeadLetterMetrics(context.registry, context.store);
  return {
    routes: [
      listRoute(context, desk),
      ...replayRoutes(context, desk),
      showRoute(context, desk),
      discardRoute(context),
      editRoute(context, desk),
    ],
    start: () => desk.start(),
    close: () => desk.close(),
  };
};

function listRoute({ store }: ApiContext, desk: DeadLetterDesk): Route {
  return route({
    method: 'get',
    path: '/api/v1/dlq',
    operationId: 'listDeadLetters',
    summary: 'Dead letters, newest first failure first',
    tag: 'dead letters',
    scope: 'read',
    query: deadLetterQuery,
    answer: deadLetterListSchema,
    async handle({ query }) {
      const { limit, cursor, ...filter } = query;
      const page = await askDependency('store', async () =>
        store.require().deadLetters.list({ ...toStoreFilter(filter), limit, cursor }),
      );
      return {
        items: page.items.map((entry) => viewLetter(entry, desk.topic)),
        nextCursor: page.next,
        total: page.total,
      };
    },
  });
}

function showRoute({ store }: ApiContext, desk: DeadLetterDesk): Route {
  return route({
    method: 'get',
    path: '/api/v1/dlq/{id}',
    operationId: 'showDeadLetter',
    summary: 'One dead letter with its row; personal data masked without scope unmask',
    tag: 'dead letters',
    scope: 'read',
    params: idParams,
    answer: deadLetterDetailSchema,
    problems: ['not_found'],
    async handle({ params, caller }) {
      const entry = await askDependency('store', async () =>
        requireLetter(store.require().deadLetters, params.id),
      );
      const letter = await desk.readLetter(entry);
      const [content] =
        letter === null ? [] : await askDependency('registry', () => desk.decoder.decode([letter]));
      return viewDetail({
        entry,
        letter,
        topic: desk.topic,
        content: content ?? null,
        table: desk.decoder.tableOf(entry.source.topic),
        unmask: caller.scopes.has('unmask'),
      });
    },
  });
}

function discardRoute({ store, audit, plans, now }: ApiContext): Route {
  return route({
    method: 'post',
    path: '/api/v1/dlq/discard',
    operationId: 'discardDeadLetters',
    summary: 'Give dead letters up, with a reason',
    tag: 'dead letters',
    scope: 'replay',
    query: deadLetterDryRunQuery,
    body: discardRequestSchema,
    answer: discardAnswerSchema,
    problems: ['not_found'],
    async handle({ query: { dryRun }, body, caller }) {
      const discard = async () => {
        const index = store.require().deadLetters;
        const order = { selection: body, plans, dryRun, actor: caller.name, atMs: now() };
        return { dryRun, ...(await discardLetters(index, order)) };
      };
      if (dryRun) return discard();
      const target = body.ids ? `dead letters ${body.ids.slice(0, 5).join(', ')}` : 'dead letters by filter';
      const change = { caller, action: 'dlq.discard', target, before: null, after: auditedSelection(body) };
      return audit.record(change, discard);
    },
  });
}
