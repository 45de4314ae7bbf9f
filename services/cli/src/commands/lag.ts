import { lagSchema } from '@rowbridge/control-protocol';
import { Command } from 'commander';
import { action, withCommonOptions, type Invocation, type Surroundings } from '../invocation.js';

/** `rowbridge lag`: how far each direction is behind, by table. */
export function lagCommand(surroundings: Surroundings): Command {
  return withCommonOptions(new Command('lag'))
    .description('how far each direction is behind, in messages and seconds; holds for dead consumers too')
    .action(action(surroundings, showLag));
}

async function showLag({ api, output }: Invocation): Promise<void> {
  const { content } = await api.ask(lagSchema, { path: '/api/v1/lag' });
  output.result(content, () => {
    output.table(
      ['DIRECTION', 'TABLE', 'TOPIC', 'MESSAGES', 'SECONDS'],
      content.items.flatMap(({ direction, topics }) =>
        topics.map(({ table, topic, messages, seconds }) => [
          direction,
          table,
          topic,
          messages,
          seconds.toFixed(1),
        ]),
      ),
      'No direction is known.',
    );
  });
}
