import type { ConnectClient, ConnectorStatus } from 'debezium-connect-client';
import { askDependency } from '../http/request-problem.js';

export interface NamedConnector {
  readonly name: string;
  /** Null for a moment after the connector was created. */
  readonly status: ConnectorStatus | null;
}

/**
 * All connectors, by name.
 * @throws RequestProblem 503 `connect`
 */
export async function readConnectors(
  connect: Pick<ConnectClient, 'list' | 'status'>,
): Promise<readonly NamedConnector[]> {
  return askDependency('connect', async () => {
    const names = [...(await connect.list())].sort();
    return Promise.all(names.map(async (name) => ({ name, status: await connect.status(name) })));
  });
}
