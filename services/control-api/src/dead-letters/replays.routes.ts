import * as zod from 'zod';
import {
  deadLetterDryRunQuery,
  replayAnswerSchema,
  replayListSchema,
  replayRequestSchema,
  replayResultQuery,
  type Replay,
  type ReplayResult,
  type ReplaySelection,
} from '@rowbridge/control-protocol';
import { formatResultCursor, readResultCursor } from './result-cursor.js';
import type { ReplayCandidate } from '@rowbridge/control-store';
import type { ApiContext } from '../api-context.js';
import { askDependency, RequestProblem } from '../http/request-problem.js';
import { route, type Route } from '../http/route.js';
import { auditedSelection } from './audited-selection.js';
import { requireLetters, requireNotDiscarded } from './choose-letters.js';
import type { DeadLetterDesk } from './dead-letter-desk.js';
import { toStoreFilter } from './letter-filter.js';
import { inReplayOrder, openLettersInOrder } from './replay-order.js';
import type { ReplayRun } from './replay-run.js';
import { viewReplay } from './replay-view.js';

/** How long a request waits for its replay to end before it answers that it goes on. */
const patienceMs = 5_000;
const mostResultsAtOnce = 500;

const requestParams = zod.object({ requestId: zod.uuid() });

export function replayRoutes(context: ApiContext, desk: DeadLetterDesk): readonly Route[] {
  return [
    replayRoute(context, desk),
    listReplaysRoute(desk),
    showReplayRoute(desk),
    stopReplayRoute(context, desk),
  ];
}

interface ReplayAnswer {
  readonly replay: Replay;
  readonly results: ReplayResult[];
  readonly nextCursor: string | null;
}

function replayRoute(context: ApiContext, desk: DeadLetterDesk): Route {
  const { audit } = context;
  return route({
    method: 'post',
    path: '/api/v1/dlq/replay',
    operationId: 'replayDeadLetters',
    summary: 'Run dead letters through the path of their direction again, or learn what would happen',
    description:
      'Parents before children, each table in source order. Answers 200 when it ended within 5 s, else 202: look at it under its request id. A dry run is judged by the direction itself, which rolls back what it did.',
    tag: 'dead letters',
    scope: 'replay',
    query: deadLetterDryRunQuery,
    body: replayRequestSchema,
    answer: replayAnswerSchema,
    answerStatuses: [200, 202],
    answerStatus: ({ replay }) => (replay.state === 'running' ? 202 : 200),
    problems: ['not_found', 'illegal_transition', 'replay_running'],
    async handle({ query: { dryRun }, body, caller }) {
      requireConfirmation(body, dryRun);
      const pages = await selectLetters(context, body);
      const begin = async (): Promise<ReplayRun> =>
        desk.replays.start({
          actor: caller.name,
          dryRun,
          pages,
          sending: desk.sending(body.ratePerSecond),
        });
      const change = {
        caller,
        action: 'dlq.replay',
        target: targetOf(body),
        before: null,
        after: auditedSelection(body),
      };
      const run = dryRun ? await begin() : await audit.record(change, begin);
      return answerWhenEnded(run);
    },
  });
}

function requireConfirmation({ all, confirm }: ReplaySelection, dryRun: boolean): void {
  if (all === undefined || dryRun || confirm === 'all') return;
  throw new RequestProblem('request_invalid', 'Replaying all dead letters must be confirmed.', {
    places: [{ in: 'body', pointer: '/confirm', detail: 'must be "all" where all is given' }],
  });
}

function targetOf({ ids, filter }: ReplaySelection): string {
  if (ids) return `dead letters ${ids.slice(0, 5).join(', ')}`;
  return filter ? 'dead letters by filter' : 'all dead letters';
}

/** @throws RequestProblem `not_found`, `illegal_transition` */
async function selectLetters(
  { store, plans }: ApiContext,
  { ids, filter }: ReplaySelection,
): Promise<AsyncIterable<readonly ReplayCandidate[]>> {
  const index = await askDependency('store', async () => store.require().deadLetters);
  if (ids === undefined) return openLettersInOrder(index, toStoreFilter(filter ?? {}), plans);
  const entries = await askDependency('store', () => requireLetters(index, ids));
  requireNotDiscarded(entries);
  return onePage(inReplayOrder(entries, plans));
}

async function* onePage(letters: readonly ReplayCandidate[]): AsyncGenerator<readonly ReplayCandidate[]> {
  yield letters;
}

/** Shared with edits, which are replays of one. */
export async function answerWhenEnded(run: ReplayRun): Promise<ReplayAnswer> {
  let timer: NodeJS.Timeout | undefined;
  const patience = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, patienceMs);
  });
  await Promise.race([run.ended, patience]);
  clearTimeout(timer);
  return answerOf({ replay: run.stored(), results: run.results }, { first: 0, limit: mostResultsAtOnce });
}

function answerOf(
  { replay, results }: ShownReplay,
  { first, limit }: { first: number; limit: number },
): ReplayAnswer {
  const shown = results.slice(first, first + limit);
  const next = first + shown.length;
  return {
    replay: viewReplay(replay),
    results: shown as ReplayResult[],
    nextCursor: next < results.length ? formatResultCursor(next) : null,
  };
}

function listReplaysRoute(desk: DeadLetterDesk): Route {
  return route({
    method: 'get',
    path: '/api/v1/dlq/replays',
    operationId: 'listReplays',
    summary: 'The latest replays, newest first',
    description: 'The latest 50; those of an API that was stopped meanwhile too.',
    tag: 'dead letters',
    scope: 'read',
    answer: replayListSchema,
    async handle() {
      const replays = await askDependency('store', () => desk.replays.list());
      return { items: replays.map(viewReplay) };
    },
  });
}

function showReplayRoute(desk: DeadLetterDesk): Route {
  return route({
    method: 'get',
    path: '/api/v1/dlq/replays/{requestId}',
    operationId: 'showReplay',
    summary: 'How far a replay has come, and what became of each dead letter',
    tag: 'dead letters',
    scope: 'read',
    params: requestParams,
    query: replayResultQuery,
    answer: replayAnswerSchema,
    problems: ['not_found'],
    async handle({ params, query: { limit, cursor } }) {
      const shown = await requireReplay(desk, params.requestId);
      return answerOf(shown, { first: cursor === undefined ? 0 : readResultCursor(cursor), limit });
    },
  });
}

function stopReplayRoute({ audit }: ApiContext, desk: DeadLetterDesk): Route {
  return route({
    method: 'post',
    path: '/api/v1/dlq/replays/{requestId}/stop',
    operationId: 'stopReplay',
    summary: 'Send no more dead letters; what was sent is still answered for',
    tag: 'dead letters',
    scope: 'replay',
    params: requestParams,
    answer: replayAnswerSchema,
    problems: ['not_found', 'illegal_transition'],
    async handle({ params: { requestId }, caller }) {
      const { replay } = await requireReplay(desk, requestId);
      const run = desk.replays.find(requestId);
      if (replay.state !== 'running' || run === null) {
        const why = replay.state === 'running' ? 'is not carried out here' : 'has ended already';
        throw new RequestProblem('illegal_transition', `Replay ${requestId} ${why}.`, {
          context: { requestId, state: replay.state },
        });
      }
      const change = { caller, action: 'dlq.replay.stop', target: requestId, before: null, after: null };
      await audit.record(change, async () => run.requestStop());
      return answerWhenEnded(run);
    },
  });
}

type ShownReplay = NonNullable<Awaited<ReturnType<DeadLetterDesk['replays']['show']>>>;

/** @throws RequestProblem `not_found`, 503 `store` */
async function requireReplay(desk: DeadLetterDesk, requestId: string): Promise<ShownReplay> {
  const shown = await askDependency('store', () => desk.replays.show(requestId));
  if (shown) return shown;
  throw new RequestProblem('not_found', `No replay ${requestId} is remembered.`, {
    places: [{ in: 'path', pointer: '/requestId', detail: 'there is no replay of this id' }],
  });
}
