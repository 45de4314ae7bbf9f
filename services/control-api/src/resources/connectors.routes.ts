import type { connectorSchema } from '@rowbridge/control-protocol';
import { connectorListSchema, restartAnswerSchema, restartQuery } from '@rowbridge/control-protocol';
import * as zod from 'zod';
import type { CreateModule } from '../api-context.js';
import { askDependency, RequestProblem } from '../http/request-problem.js';
import { route } from '../http/route.js';
import { readConnectors, type NamedConnector } from '../state/connector-states.js';

export const connectorModule: CreateModule = ({ connect, audit }) => ({
  routes: [
    route({
      method: 'get',
      path: '/api/v1/connectors',
      operationId: 'listConnectors',
      summary: 'The connectors with their tasks, as Kafka Connect sees them',
      tag: 'connectors',
      scope: 'read',
      answer: connectorListSchema,
      handle: async () => ({ items: (await readConnectors(connect)).map(shown) }),
    }),
    route({
      method: 'post',
      path: '/api/v1/connectors/{name}/restart',
      operationId: 'restartConnector',
      summary: 'Restarts a connector and its tasks; it goes on where it was',
      tag: 'connectors',
      scope: 'operate',
      problems: ['not_found'],
      params: zod.object({ name: zod.string().min(1).max(200) }),
      query: restartQuery,
      answer: restartAnswerSchema,
      async handle({ params: { name }, query: { dryRun, onlyFailed }, caller }) {
        const known = (await readConnectors(connect)).find((connector) => connector.name === name);
        if (!known) throw new RequestProblem('not_found', 'There is no connector of this name.');
        const before = shown(known);
        if (!dryRun) {
          const change = {
            caller,
            action: 'connector.restart',
            target: name,
            before: { state: before.state, tasks: before.tasks.map(({ id, state }) => ({ id, state })) },
            after: { onlyFailed },
          };
          await audit.record(change, () =>
            askDependency('connect', () => connect.restart(name, { includeTasks: true, onlyFailed })),
          );
        }
        return { connector: name, onlyFailed, dryRun, before };
      },
    }),
  ],
});

function shown({ name, status }: NamedConnector): zod.output<typeof connectorSchema> {
  return {
    name,
    state: status?.state ?? null,
    trace: status?.trace ?? null,
    tasks: (status?.tasks ?? []).map(({ id, state, worker, trace }) => ({ id, state, worker, trace })),
  };
}
