import { setTimeout as delay } from 'node:timers/promises';
import type { StateValues } from '@rowbridge/control-store';
import { RowbridgeError } from '@rowbridge/errors';
import type { Logger } from '@rowbridge/observability';
import { chunkSettings, ConnectRequestError, type ConnectClient } from 'debezium-connect-client';

export type ConnectorControl = Pick<
  ConnectClient,
  'status' | 'restart' | 'stop' | 'resume' | 'configuration' | 'createOrUpdate'
>;

export interface ConnectorCareOptions {
  readonly connect: ConnectorControl;
  /** Remembers which connectors are stopped, for whoever comes after this process. */
  readonly state: Pick<StateValues, 'get' | 'put' | 'remove'>;
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
   * Whether the connector and its task run now. A failed one is restarted, one that a run left stopped is resumed.
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
      if (status.state === 'STOPPED') await this.resumeStopped([connector]);
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
   * the next signal with it. Kafka Connect keeps a stop for ever, so it is noted before: {@link resumeStopped}.
   * @returns whether that changed anything; then the connector is starting
   * @throws ConnectRequestError; RowbridgeError `connector_failed` when there is no such connector or it does not stop
   */
  async setChunkRows(connector: string, rows: number): Promise<boolean> {
    const { connect, state, logger } = this.#options;
    const configuration = await connect.configuration(connector);
    if (configuration === null) {
      throw new RowbridgeError('connector_failed', `connector ${connector} does not exist`);
    }
    const wanted = Object.fromEntries(
      Object.entries(chunkSettings(rows)).map(([name, value]) => [name, String(value)]),
    );
    if (Object.entries(wanted).every(([name, value]) => configuration[name] === value)) return false;
    await state.put(stoppedKey(connector), { rows });
    await connect.stop(connector);
    try {
      await this.#untilStopped(connector);
      await connect.createOrUpdate(connector, { ...configuration, ...wanted });
    } finally {
      await this.#resume(connector);
    }
    logger.info({ connector, rows, operation: 'sync_chunk_rows' }, 'Connector reads chunks of another size');
    return true;
  }

  /**
   * Resumes those of the connectors that a run stopped and did not come to resume, whichever process carried it out. What
   * does not answer is left to the next call.
   */
  async resumeStopped(connectors: readonly string[]): Promise<void> {
    const { state, logger } = this.#options;
    for (const connector of connectors) {
      const facts = { connector, operation: 'sync_resume' };
      try {
        if ((await state.get(stoppedKey(connector))) === null) continue;
        await this.#resume(connector);
        logger.info(facts, 'Connector that a sync run had stopped is resumed');
      } catch (error) {
        logger.warn({ ...facts, err: error }, 'Connector that a sync run had stopped cannot be resumed yet');
      }
    }
  }

  async #resume(connector: string): Promise<void> {
    const { connect, state } = this.#options;
    await connect.resume(connector).catch((error: unknown) => {
      // One that is gone is not waited for.
      if (!(error instanceof ConnectRequestError) || error.status !== 404) throw error;
    });
    await state.remove(stoppedKey(connector));
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

function stoppedKey(connector: string): string {
  return `sync-stopped-connector/${connector}`;
}

function describeStates({
  state,
  tasks,
}: NonNullable<Awaited<ReturnType<ConnectorControl['status']>>>): string {
  const taskStates = tasks.map((task) => task.state).join(', ');
  return `${state}, its task ${taskStates === '' ? 'missing' : taskStates},`;
}
