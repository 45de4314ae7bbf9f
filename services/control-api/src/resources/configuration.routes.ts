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
import { LatestSettings } from '../configuration/latest-settings.js';
import { planChange, type PlannedChange } from '../configuration/plan-change.js';
import {
  configurationTag,
  viewConfiguration,
  type DirectionConfigurationView,
} from '../configuration/view-configuration.js';
import type { Caller } from '../http/caller.js';
import { askDependency, RequestProblem } from '../http/request-problem.js';
import { route } from '../http/route.js';

export const configurationModule: CreateModule = (context) => {
  const settings = new LatestSettings(context.runtimeSettings);
  const read = (): readonly DirectionConfigurationView[] => readDirections(context, settings);
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
          const directions = read();
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
            requireMatch(header('if-match'), configurationTag(read()));
            const planned = planChange(body, read());
            if (!dryRun && planned.settings.size > 0) await apply(context, { planned, caller, settings });
            answerHeader('etag', configurationTag(read()));
            return answer(planned, dryRun);
          }),
      }),
    ],
  };
};

function readDirections(
  { following, plans, board }: ApiContext,
  settings: LatestSettings,
): readonly DirectionConfigurationView[] {
  following.require();
  return plans.map(({ name }) => viewConfiguration(board.view(name), settings.of(name)));
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

interface Applying {
  readonly planned: PlannedChange;
  readonly caller: Caller;
  readonly settings: LatestSettings;
}

async function apply(context: ApiContext, { planned, caller, settings }: Applying): Promise<void> {
  const { kafka, audit, now } = context;
  for (const [direction, values] of planned.settings) {
    const version = (settings.of(direction)?.version ?? 0) + 1;
    const next: RuntimeSettings = { direction, version, values, actor: caller.name, changedAtMs: now() };
    const own = planned.changed.filter((change) => change.direction === direction);
    const change = {
      caller,
      action: 'config.change',
      target: direction,
      before: Object.fromEntries(own.map(({ path, before }) => [path, before])),
      after: Object.fromEntries(own.map(({ path, after }) => [path, after])),
    };
    await audit.record(change, async () => {
      await askDependency('kafka', () =>
        kafka
          .require()
          .producer.send(controlTopics.config, [
            { key: Buffer.from(direction), value: Buffer.from(JSON.stringify(next)) },
          ]),
      );
      settings.noteSent(next);
    });
  }
}

function answer({ changed, needsRestart }: PlannedChange, dryRun: boolean): ConfigurationAnswer {
  return { dryRun, changed, needsRestart };
}
