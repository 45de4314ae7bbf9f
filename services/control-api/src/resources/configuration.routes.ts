import {
  configurationAnswerSchema,
  configurationChangeQuery,
  configurationChangeSchema,
  configurationSchema,
  controlTopics,
  type ConfigurationAnswer,
  type RuntimeSettings,
} from '@rowbridge/control-protocol';
import * as zod from 'zod';
import type { ApiContext, CreateModule } from '../api-context.js';
import { planChange, type PlannedChange } from '../configuration/plan-change.js';
import {
  configurationTag,
  viewConfiguration,
  type DirectionConfigurationView,
} from '../configuration/view-configuration.js';
import type { Caller } from '../http/caller.js';
import { askDependency, RequestProblem } from '../http/request-problem.js';
import { route } from '../http/route.js';

/** How long a change may take to be read back. */
const readBackMs = 3_000;

export const configurationModule: CreateModule = (context) => {
  let last: Promise<unknown> = Promise.resolve();
  // Compare and set is one step: changes wait for each other.
  const inTurn = <Answer>(change: () => Promise<Answer>): Promise<Answer> => {
    const turn = last.then(change, change);
    last = turn.catch(() => undefined);
    return turn;
  };
  return {
    routes: [
      route({
        method: 'get',
        path: '/api/v1/config',
        operationId: 'showConfiguration',
        summary:
          'Every key of each direction: its value, where that comes from, and what may change at run time',
        tag: 'configuration',
        scope: 'read',
        answer: configurationSchema,
        async handle({ answerHeader }) {
          const directions = readDirections(context);
          answerHeader('etag', configurationTag(directions));
          return { directions: [...directions] };
        },
      }),
      route({
        method: 'put',
        path: '/api/v1/config',
        operationId: 'changeConfiguration',
        summary: 'Changes keys at run time, validated as a whole; says which others need a restart',
        description:
          'Takes the ETag of what was read as If-Match. Keys that cannot change at run time are answered under `needsRestart` and not changed.',
        tag: 'configuration',
        scope: 'operate',
        problems: ['precondition_required', 'precondition_failed', 'illegal_transition'],
        headers: zod.object({ 'if-match': zod.string().describe('The ETag of what was read.') }),
        query: configurationChangeQuery,
        body: configurationChangeSchema,
        answer: configurationAnswerSchema,
        handle: ({ body, query: { dryRun }, caller, header, answerHeader }) =>
          inTurn(async () => {
            requireMatch(header('if-match'), configurationTag(readDirections(context)));
            const planned = planChange(body, readDirections(context));
            if (!dryRun && planned.settings.size > 0) await apply(context, { planned, caller });
            answerHeader('etag', configurationTag(readDirections(context)));
            return answer(planned, dryRun);
          }),
      }),
    ],
  };
};

function readDirections(context: ApiContext): readonly DirectionConfigurationView[] {
  context.following.require();
  return context.plans.map(({ name }) =>
    viewConfiguration(context.board.view(name), context.runtimeSettings.entries.get(name)),
  );
}

function requireMatch(given: string | undefined, tag: string): void {
  if (given === undefined) {
    throw new RequestProblem('precondition_required', 'If-Match is missing; send the ETag of what you read.');
  }
  const tags = given.split(',').map((each) => each.trim());
  if (!tags.includes(tag) && !tags.includes('*')) {
    throw new RequestProblem('precondition_failed', 'The configuration is no longer the one you read.', {
      headers: { etag: tag },
    });
  }
}

async function apply(
  context: ApiContext,
  { planned, caller }: { readonly planned: PlannedChange; readonly caller: Caller },
): Promise<void> {
  const { runtimeSettings, kafka, audit, now } = context;
  for (const [direction, values] of planned.settings) {
    const version = (runtimeSettings.entries.get(direction)?.version ?? 0) + 1;
    const settings: RuntimeSettings = { direction, version, values, actor: caller.name, changedAtMs: now() };
    const own = planned.changed.filter((change) => change.direction === direction);
    const change = {
      caller,
      action: 'config.change',
      target: direction,
      before: Object.fromEntries(own.map(({ path, before }) => [path, before])),
      after: Object.fromEntries(own.map(({ path, after }) => [path, after])),
    };
    await audit.record(change, () =>
      askDependency('kafka', () =>
        kafka
          .require()
          .producer.send(controlTopics.config, [
            { key: Buffer.from(direction), value: Buffer.from(JSON.stringify(settings)) },
          ]),
      ),
    );
    await runtimeSettings.until(
      () => (runtimeSettings.entries.get(direction)?.version ?? 0) >= version,
      readBackMs,
    );
  }
}

function answer({ changed, needsRestart }: PlannedChange, dryRun: boolean): ConfigurationAnswer {
  return { dryRun, changed, needsRestart };
}
