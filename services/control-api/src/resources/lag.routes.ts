import { lagSchema, type DirectionLag } from '@rowbridge/control-protocol';
import * as zod from 'zod';
import type { CreateModule } from '../api-context.js';
import { RequestProblem } from '../http/request-problem.js';
import { route } from '../http/route.js';
import type { DirectionLag as MeasuredLag, LagMeter } from '../state/lag-meter.js';

export const lagModule: CreateModule = ({ lag }) => ({
  routes: [
    route({
      method: 'get',
      path: '/api/v1/lag',
      operationId: 'listLag',
      summary: 'How far each direction is behind, measured from outside: it rises when a consumer is dead',
      description:
        'Topic ends less what the target recorded as applied, and the age of the oldest record in between, measured every second. 503 names what keeps one of the directions asked for from being measured; ask for the others by `direction`.',
      tag: 'lag',
      scope: 'read',
      problems: ['not_found'],
      query: zod.strictObject({
        direction: zod.string().min(1).max(200).optional().describe('This one alone.'),
      }),
      answer: lagSchema,
      async handle({ query }) {
        const asked = lag
          .read()
          .filter(({ direction }) => query.direction === undefined || direction === query.direction);
        if (asked.length === 0) throw new RequestProblem('not_found', 'There is no direction of this name.');
        return { items: asked.map((measured) => shown(lag, measured)) };
      },
    }),
  ],
});

function shown(meter: LagMeter, measured: MeasuredLag): DirectionLag {
  const { direction, group, measuredAtMs, topics, problem } = measured;
  if (problem !== null) throw problem;
  const shownTopics = topics.map((topic) => ({
    table: topic.table,
    topic: topic.topic,
    messages: topic.messages,
    seconds: meter.secondsOf(topic),
  }));
  return {
    direction,
    group,
    measuredAt: new Date(measuredAtMs ?? 0).toISOString(),
    messages: shownTopics.reduce((sum, { messages }) => sum + messages, 0),
    seconds: Math.max(0, ...shownTopics.map(({ seconds }) => seconds)),
    topics: shownTopics,
  };
}
