import { deadLetterDryRunQuery, editRequestSchema, replayAnswerSchema } from '@rowbridge/control-protocol';
import { createRecordEditor } from '@rowbridge/change-event';
import { createRegistrySchemaSource } from '@rowbridge/kafka';
import type { ApiContext } from '../api-context.js';
import { askDependency } from '../http/request-problem.js';
import { route, type Route } from '../http/route.js';
import { requireLetter } from './choose-letters.js';
import type { DeadLetterDesk } from './dead-letter-desk.js';
import { editLetter, type EditedLetter } from './edit-letter.js';
import { idParams } from './id-params.js';
import type { ReplayRun } from './replay-run.js';
import { answerWhenEnded } from './replays.routes.js';

/** An edited value travels in the request. */
const bodyLimitBytes = 4 * 1_048_576;

export function editRoute(context: ApiContext, desk: DeadLetterDesk): Route {
  const { store, audit, configuration } = context;
  const editor = createRecordEditor(createRegistrySchemaSource({ url: configuration.schemaRegistry.url }));
  return route({
    method: 'post',
    path: '/api/v1/dlq/{id}/edit',
    operationId: 'editDeadLetter',
    summary: 'Replay a dead letter with other column values',
    description:
      'The record is written again with the same schema and position; the dead letter topic keeps it as it came. A dry run tells what would become of it.',
    tag: 'dead letters',
    scope: 'replay',
    params: idParams,
    query: deadLetterDryRunQuery,
    body: editRequestSchema,
    bodyLimitBytes,
    answer: replayAnswerSchema,
    answerStatuses: [200, 202],
    answerStatus: ({ replay }) => (replay.state === 'running' ? 202 : 200),
    problems: [
      'not_found',
      'illegal_transition',
      'replay_running',
      'dead_letter_gone',
      'dead_letter_without_body',
      'table_not_mapped',
    ],
    async handle({ params: { id }, query: { dryRun }, body, caller }) {
      const entry = await askDependency('store', async () => requireLetter(store.require().deadLetters, id));
      const letter = await desk.readLetter(entry);
      const [content = null] =
        letter === null ? [] : await askDependency('registry', () => desk.decoder.decode([letter]));
      const table = desk.decoder.tableOf(entry.source.topic);
      const edited = await askDependency('registry', () =>
        editLetter(editor, { entry, letter, content, table, edit: body }),
      );
      const begin = async (): Promise<ReplayRun> =>
        desk.replays.start({ actor: caller.name, dryRun, ...orderOf(desk, entry, edited) });
      if (dryRun) return answerWhenEnded(await begin());
      const { before, after } = edited;
      const change = {
        caller,
        action: 'dlq.edit',
        target: `dead letter ${id}`,
        before,
        after: { columns: after, reason: body.reason },
      };
      return answerWhenEnded(await audit.record(change, begin));
    },
  });
}

type OneLetter = Parameters<DeadLetterDesk['readLetter']>[0];

function orderOf(
  desk: DeadLetterDesk,
  entry: OneLetter,
  { value }: EditedLetter,
): Pick<Parameters<DeadLetterDesk['replays']['start']>[0], 'pages' | 'sending'> {
  return {
    pages: (async function* () {
      yield [entry];
    })(),
    sending: { ...desk.sending(), editedValues: new Map([[entry.id, value]]) },
  };
}
