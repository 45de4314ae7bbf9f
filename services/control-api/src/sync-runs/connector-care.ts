import { setTimeout as delay } from 'node:timers/promises';
import { RowbridgeError } from '@rowbridge/errors';
import type { Logger } from '@rowbridge/observability';
import { chunkSettings, type ConnectClient } from 'debezium-connect-client';

export type ConnectorControl = Pick<
  ConnectClient,
  'status' | 'restart' | 'stop' | 'resume' | 'configuration' | 'createOrUpdate'
>;

export interface ConnectorCareOptions {
  readonly connect: ConnectorControl;
  readonly logger: Logger;
  readonly now: () => number;
  /** A connector that has not come to run for so long is given up. Default 120,000. */
  readonly patienceMs?: number;
  /** Least time between two restarts of one connector. Default 15,000. */
  readonly restartIntervalMs?: number;
  /** Waits; tests inject their own. */
  readonly wait?: (milliseconds: number) => Promise<unknown>;
}

const chunkRowsProperty = 'incremental.snapshot.chunk.size';
const stopAttempts = 150;
const stopPollMs = 200;
/** Debezium's own default. */
const debeziumChunkRows = 1_024;

/** Gets connectors to run that a sync run needs, and tells when that is hopeless. */
export class ConnectorCare {
  readonly #options: ConnectorCareOptions;
  /** Since when a connector has not been seen running. */
  readonly #missedSince = new Map<string, number>();
  readonly #restartedAt = new Map<string, number>();

  constructor(options: ConnectorCareOptions) {
    this.#options = options;
  }

  /**
   * Whether the connector and its task run now. A failed one is restarted.
   * @throws RowbridgeError `connector_failed` once its failure or absence has outlasted all patience,
   *   `connect_unreachable` the same for Kafka Connect itself
   */
  async isRunning(connector: string): Promise<boolean> {
    const { connect, now, patienceMs = 120_000 } = this.#options;
    const status = await connect.status(connector).catch((error: unknown) => error as Error);
    if (status !== null && !(status instanceof Error)) {
      const states = [status.state, ...status.tasks.map(({ state }) => state)];
      if (status.tasks.length > 0 && states.every((state) => state === 'RUNNING')) {
        this.#missedSince.delete(connector);
        return true;
      }
      if (states.includes('FAILED')) await this.#restart(connector);
    }
    const since = this.#missedSince.get(connector) ?? now();
    this.#missedSince.set(connector, since);
    if (now() - since < patienceMs) return false;
    this.#missedSince.delete(connector);
    if (status instanceof Error) {
      throw new RowbridgeError('connect_unreachable', `Kafka Connect has not answered for ${patienceMs} ms`);
    }
    const problem = status === null ? 'does not exist' : `is ${describeStates(status)}`;
    throw new RowbridgeError('connector_failed', `connector ${connector} ${problem} since ${patienceMs} ms`, {
      details: { connector },
    });
  }

  /** Rows the connector reads at a time. @throws ConnectRequestError */
  async chunkRows(connector: string): Promise<number> {
    const configuration = await this.#options.connect.configuration(connector);
    return Number(configuration?.[chunkRowsProperty] ?? debeziumChunkRows);
  }

  /**
   * Sets how many rows the connector reads at a time. Its task is ended first: one that is being replaced could take
   * the next signal with it.
   * @returns whether that changed anything; then the connector is starting
   * @throws ConnectRequestError; RowbridgeError `connector_failed` when there is no such connector or it does not stop
   */
  async setChunkRows(connector: string, rows: number): Promise<boolean> {
    const { connect, logger } = this.#options;
    const configuration = await connect.configuration(connector);
    if (configuration === null) {
      throw new RowbridgeError('connector_failed', `connector ${connector} does not exist`);
    }
    const wanted = Object.fromEntries(
      Object.entries(chunkSettings(rows)).map(([name, value]) => [name, String(value)]),
    );
    if (Object.entries(wanted).every(([name, value]) => configuration[name] === value)) return false;
    await connect.stop(connector);
    try {
      await this.#untilStopped(connector);
      await connect.createOrUpdate(connector, { ...configuration, ...wanted });
    } finally {
      await connect.resume(connector);
    }
    logger.info({ connector, rows, operation: 'sync_chunk_rows' }, 'Connector reads chunks of another size');
    return true;
  }

  async #untilStopped(connector: string): Promise<void> {
    const { connect, wait = delay } = this.#options;
    for (let attempt = 0; attempt < stopAttempts; attempt += 1) {
      const status = await connect.status(connector);
      if (status?.state === 'STOPPED' && status.tasks.length === 0) return;
      await wait(stopPollMs);
    }
    throw new RowbridgeError('connector_failed', `connector ${connector} does not stop`);
  }

  async #restart(connector: string): Promise<void> {
    const { connect, logger, now, restartIntervalMs = 15_000 } = this.#options;
    const last = this.#restartedAt.get(connector);
    if (last !== undefined && now() - last < restartIntervalMs) return;
    this.#restartedAt.set(connector, now());
    logger.warn(
      { connector, operation: 'sync_restart' },
      'Connector has failed and is restarted for a sync run',
    );
    await connect.restart(connector, { includeTasks: true, onlyFailed: true }).catch(() => undefined);
  }
}

function describeStates({
  state,
  tasks,
}: NonNullable<Awaited<ReturnType<ConnectorControl['status']>>>): string {
  const taskStates = tasks.map((task) => task.state).join(', ');
  return `${state}, its task ${taskStates === '' ? 'missing' : taskStates},`;
}
