import * as zod from 'zod';
import { ConnectHttp, type ConnectClientOptions, type ConnectRequest } from './connect-http.js';
import { planChanges, type ConnectorPlan } from './connector-plan.js';
import type { ConnectorConfiguration } from './connector-settings.js';
import { readSourceOffset, type SourceOffset } from './source-offset.js';

const textMap = zod.record(zod.string(), zod.string());
const stateName = zod.enum(['RUNNING', 'PAUSED', 'STOPPED', 'FAILED', 'UNASSIGNED', 'RESTARTING']);
const statusBody = zod.object({
  connector: zod.object({ state: stateName, worker_id: zod.string(), trace: zod.string().optional() }),
  tasks: zod.array(
    zod.object({
      id: zod.number(),
      state: stateName,
      worker_id: zod.string(),
      trace: zod.string().optional(),
    }),
  ),
});
const validationBody = zod.object({
  configs: zod.array(
    zod.object({ value: zod.object({ name: zod.string(), errors: zod.array(zod.string()) }) }),
  ),
});
const offsetsBody = zod.object({
  offsets: zod.array(
    zod.object({ partition: zod.record(zod.string(), zod.unknown()), offset: zod.unknown() }),
  ),
});
const topicsBody = zod.record(zod.string(), zod.object({ topics: zod.array(zod.string()) }));
const pluginsBody = zod.array(
  zod.object({ class: zod.string(), type: zod.string(), version: zod.string().optional() }),
);

export type ConnectorState = zod.infer<typeof stateName>;

export interface ConnectorStatus {
  readonly state: ConnectorState;
  /** Stack trace of the connector itself when it failed, free of secrets. */
  readonly trace: string | null;
  readonly tasks: readonly TaskStatus[];
}

export interface TaskStatus {
  readonly id: number;
  readonly state: ConnectorState;
  readonly worker: string;
  /** Stack trace when it failed, free of secrets. */
  readonly trace: string | null;
}

export interface ConfigurationProblem {
  readonly property: string;
  readonly errors: readonly string[];
}

export interface PartitionOffset {
  readonly partition: Readonly<Record<string, unknown>>;
  /** As stored; whole numbers of 16 digits or more are text. Null where the partition has no offset. */
  readonly offset: unknown;
}

export interface ConnectorPlugin {
  readonly class: string;
  readonly type: string;
  readonly version: string | null;
}

/** Kafka Connect's REST API. Every method throws ConnectRequestError; a refusal while rebalancing is waited out. */
export class ConnectClient {
  readonly #http: ConnectHttp;

  constructor(options: ConnectClientOptions) {
    this.#http = new ConnectHttp(options);
  }

  /** Creates the connector, or gives it this configuration and restarts its task if that changes anything. */
  async createOrUpdate(name: string, configuration: ConnectorConfiguration): Promise<'created' | 'updated'> {
    this.#http.secrets.learn(configuration);
    const answer = await this.#http.request({
      ...this.#connectorRequest('createOrUpdate', name, '/config'),
      method: 'PUT',
      body: configuration,
    });
    return answer?.status === 201 ? 'created' : 'updated';
  }

  /** What the connector's plugin finds wrong, reaching its database where it can; empty when nothing is. */
  async validate(
    name: string,
    configuration: ConnectorConfiguration,
  ): Promise<readonly ConfigurationProblem[]> {
    this.#http.secrets.learn(configuration);
    const connectorClass = encodeURIComponent(configuration['connector.class'] ?? '');
    const answer = await this.#http.request({
      operation: 'validate',
      connector: name,
      method: 'PUT',
      path: `/connector-plugins/${connectorClass}/config/validate`,
      body: { ...configuration, name },
    });
    return validationBody
      .parse(answer?.body)
      .configs.filter(({ value }) => value.errors.length > 0)
      .map(({ value }) => ({
        property: value.name,
        errors: value.errors.map((error) => this.#http.secrets.hide(error)),
      }));
  }

  /** What `createOrUpdate` would change, secrets masked. */
  async plan(name: string, desired: ConnectorConfiguration): Promise<ConnectorPlan> {
    this.#http.secrets.learn(desired);
    return planChanges(await this.configuration(name), desired);
  }

  /** The running configuration, secrets included; null when there is no such connector. */
  async configuration(name: string): Promise<ConnectorConfiguration | null> {
    const answer = await this.#read('configuration', name, '/config');
    if (answer === null) return null;
    const configuration = textMap.parse(answer);
    this.#http.secrets.learn(configuration);
    return configuration;
  }

  /** Removes the connector; its offsets stay. Answers whether there was one. */
  async delete(name: string): Promise<boolean> {
    const request = { ...this.#connectorRequest('delete', name, ''), method: 'DELETE' as const };
    return (await this.#http.request({ ...request, nullWhenMissing: true })) !== null;
  }

  /** Keeps the task but lets it read nothing more. Takes effect a little later: watch `status`. */
  async pause(name: string): Promise<void> {
    await this.#http.request({ ...this.#connectorRequest('pause', name, '/pause'), method: 'PUT' });
  }

  /** Ends a pause or a stop. */
  async resume(name: string): Promise<void> {
    await this.#http.request({ ...this.#connectorRequest('resume', name, '/resume'), method: 'PUT' });
  }

  /** Ends the tasks and keeps the connector; offsets can then be deleted. */
  async stop(name: string): Promise<void> {
    await this.#http.request({ ...this.#connectorRequest('stop', name, '/stop'), method: 'PUT' });
  }

  async restart(
    name: string,
    { includeTasks = true, onlyFailed = false }: { includeTasks?: boolean; onlyFailed?: boolean } = {},
  ): Promise<void> {
    const path = `/restart?includeTasks=${includeTasks}&onlyFailed=${onlyFailed}`;
    await this.#http.request({ ...this.#connectorRequest('restart', name, path), method: 'POST' });
  }

  async list(): Promise<readonly string[]> {
    const answer = await this.#http.request({ operation: 'list', method: 'GET', path: '/connectors' });
    return zod.array(zod.string()).parse(answer?.body);
  }

  /** Null when there is no such connector, or none yet: a new one has no status for a moment. */
  async status(name: string): Promise<ConnectorStatus | null> {
    const answer = await this.#read('status', name, '/status');
    if (answer === null) return null;
    const { connector, tasks } = statusBody.parse(answer);
    const hidden = (trace: string | undefined): string | null =>
      trace === undefined ? null : this.#http.secrets.hide(trace);
    return {
      state: connector.state,
      trace: hidden(connector.trace),
      tasks: tasks.map((task) => ({
        id: task.id,
        state: task.state,
        worker: task.worker_id,
        trace: hidden(task.trace),
      })),
    };
  }

  /** Committed source offsets: all below them is acknowledged in Kafka. Empty before the first commit. */
  async offsets(name: string): Promise<readonly PartitionOffset[]> {
    return offsetsBody.parse((await this.#read('offsets', name, '/offsets')) ?? { offsets: [] }).offsets;
  }

  /** How far a Debezium connector has come in its source's log; null before the first commit. */
  async committedSourceOffset(name: string): Promise<SourceOffset | null> {
    const configuration = await this.configuration(name);
    const [first] = await this.offsets(name);
    const connectorClass = configuration?.['connector.class'];
    if (connectorClass === undefined || first === undefined || first.offset === null) return null;
    return readSourceOffset(connectorClass, first.offset);
  }

  /** Forgets a stopped connector's offsets: started again, it takes a new snapshot. */
  async deleteOffsets(name: string): Promise<void> {
    await this.#http.request({
      ...this.#connectorRequest('deleteOffsets', name, '/offsets'),
      method: 'DELETE',
    });
  }

  /** Topics the connector has written to since it was created. */
  async topics(name: string): Promise<readonly string[]> {
    const answer = await this.#read('topics', name, '/topics');
    return answer === null ? [] : (topicsBody.parse(answer)[name]?.topics ?? []);
  }

  /** Connector classes the worker can run. */
  async plugins(): Promise<readonly ConnectorPlugin[]> {
    const answer = await this.#http.request({
      operation: 'plugins',
      method: 'GET',
      path: '/connector-plugins',
    });
    return pluginsBody
      .parse(answer?.body)
      .map((plugin) => ({ class: plugin.class, type: plugin.type, version: plugin.version ?? null }));
  }

  async #read(operation: string, name: string, path: string): Promise<unknown> {
    const request = { ...this.#connectorRequest(operation, name, path), method: 'GET' as const };
    return (await this.#http.request({ ...request, nullWhenMissing: true }))?.body ?? null;
  }

  #connectorRequest(operation: string, name: string, path: string): Omit<ConnectRequest, 'method'> {
    return { operation, connector: name, path: `/connectors/${encodeURIComponent(name)}${path}` };
  }
}
