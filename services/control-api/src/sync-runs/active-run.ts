import type { SyncRun } from '@rowbridge/control-protocol';
import type { SyncRun as StoredRun, SyncRunEnd } from '@rowbridge/control-store';
import { errorTable, RowbridgeError } from '@rowbridge/errors';
import type { SnapshotNotification } from 'debezium-connect-client';
import { ConflictCount } from './conflict-count.js';
import type { RunPlan } from './plan-run.js';
import { ResetWork } from './reset-work.js';
import { describeDirection, namesOf, RunDirection, type DirectionDetails } from './run-direction.js';
import type { RunPorts } from './run-ports.js';
import { detailsKey, type RunDetails } from './run-details.js';
import { shownRun, storedProgress, type RunPhase } from './run-view.js';
import type { SyncedSystem } from './synced-system.js';

const stopRepeatMs = 10_000;

export interface ActiveRunOptions {
  readonly system: SyncedSystem;
  readonly run: StoredRun;
  /** Of a run taken up again, what its process left; null for a new one. */
  readonly details: RunDetails | null;
  /** Of a new run, what it is to read; null for one taken up again. */
  readonly plan: RunPlan | null;
  readonly ports: RunPorts;
}

/**
 * One sync run from its start to its end, a step at a time: connectors made to run, snapshots signalled, read, applied,
 * deletes reconciled. All it needs to go on lies in the store and in the notification topics, so that another process
 * can take it up.
 */
export class ActiveRun {
  readonly #options: ActiveRunOptions;
  readonly #conflictCount: ConflictCount;
  readonly #abort = new AbortController();
  #run: StoredRun;
  #phase: RunPhase;
  #directions: readonly RunDirection[];
  #conflicts: number;
  #progressedAtMs: number;
  #rowsApplied = 0;
  #stoppedAtMs: number | null = null;
  #stopSentAtMs = -Infinity;
  #reset: ResetWork | null = null;

  constructor(options: ActiveRunOptions) {
    const { run, details, ports } = options;
    this.#options = options;
    this.#run = run;
    this.#phase = details?.phase ?? 'preparing';
    this.#directions = (details?.directions ?? []).map((each) => this.#restore(each));
    this.#conflicts = run.conflicts;
    this.#conflictCount = new ConflictCount(run.directions, run.startedAtMs);
    this.#progressedAtMs = ports.now();
    if (this.#phase === 'stopping') this.requestStop();
  }

  get id(): string {
    return this.#run.id;
  }

  get isOver(): boolean {
    return this.#run.status !== 'running';
  }

  shown(): SyncRun {
    const directions = this.#directions.map((direction) => direction.shown());
    return shownRun(this.#run, { phase: this.#phase, conflicts: this.#conflicts, directions });
  }

  /** Takes what a connector reports; notices of other snapshots pass by. */
  take(connector: string, notification: SnapshotNotification): void {
    for (const direction of this.#directions) {
      if (direction.take(connector, notification)) this.#progressedAtMs = this.#options.ports.now();
    }
  }

  /** Has the connectors stop; {@link step} sees to it. */
  requestStop(): void {
    this.#stoppedAtMs ??= this.#options.ports.now();
    this.#abort.abort();
  }

  /** Lets go of the run without ending it: the next process takes it up. */
  async release(): Promise<void> {
    this.#abort.abort();
    await this.#reset?.ended;
  }

  /**
   * Does what can be done now. Called again and again until {@link isOver}.
   * @throws RowbridgeError, ConnectRequestError where something does not answer: the step is made again later
   */
  async step(): Promise<void> {
    if (this.isOver) return;
    const { ports } = this.#options;
    this.#conflicts = Math.max(this.#conflicts, this.#conflictCount.take(ports.reports()));
    try {
      if (this.#stoppedAtMs !== null && this.#phase !== 'stopping') await this.#enter('stopping');
      await this.#stepOfPhase();
    } catch (error) {
      if (!(error instanceof RowbridgeError) || !this.#endsRun(error)) throw error;
      await this.#fail(error);
    }
    if (!this.isOver) await this.#save();
  }

  #stepOfPhase(): Promise<void> {
    switch (this.#phase) {
      case 'preparing':
        return this.#prepare();
      case 'reading':
        return this.#watchReading();
      case 'applying':
        return this.#watchApplying();
      case 'reconciling':
        return this.#watchReset();
      case 'stopping':
        return this.#watchStopping();
    }
  }

  async #prepare(): Promise<void> {
    const { plan, ports } = this.#options;
    if (plan === null) {
      const problem = 'the process that began it went before it had signalled the connectors';
      throw new RowbridgeError('sync_run_not_started', problem);
    }
    const { snapshots, request } = plan;
    const connectors = snapshots.map(({ direction }) => direction.connector);
    if (!(await this.#allRun(connectors))) return;
    if (request.chunkSize !== undefined && (await this.#setChunkRows(connectors, request.chunkSize))) return;
    const details = await Promise.all(snapshots.map((each) => describeDirection(each, this.id, ports)));
    this.#directions = details.map((each) => this.#restore(each));
    await this.#enter('reading');
    for (const [index, snapshot] of snapshots.entries()) await this.#directions[index]?.start(snapshot);
  }

  async #allRun(connectors: readonly string[]): Promise<boolean> {
    const { care } = this.#options.ports;
    return !(await Promise.all(connectors.map((connector) => care.isRunning(connector)))).includes(false);
  }

  /** Answers whether any connector is being restarted for it. */
  async #setChunkRows(connectors: readonly string[], rows: number): Promise<boolean> {
    const { care } = this.#options.ports;
    const changed = await Promise.all(connectors.map((connector) => care.setChunkRows(connector, rows)));
    return changed.includes(true);
  }

  #restore(details: DirectionDetails): RunDirection {
    const { system, ports } = this.#options;
    const direction = system.directions.find(({ plan }) => plan.name === details.direction);
    if (direction === undefined) throw new RangeError(`the system has no direction ${details.direction}`);
    return new RunDirection(direction, details, ports);
  }

  async #watchReading(): Promise<void> {
    const { now, patience } = this.#options.ports;
    for (const direction of this.#directions) direction.requireSound();
    const unfinished = this.#directions.filter(({ isUnfinished }) => isUnfinished);
    // Waiting for a connector is the connector's standstill, not the snapshot's: its own patience counts.
    if (!(await this.#allRun(unfinished.map(({ connector }) => connector)))) this.#progressedAtMs = now();
    await this.#measureApplied();
    if (unfinished.length === 0) {
      for (const direction of this.#directions) await direction.noteEnds();
      return this.#enter('applying');
    }
    const waiting = unfinished.filter(({ isWaiting }) => isWaiting);
    if (waiting.length > 0 && now() - this.#progressedAtMs > patience.startMs) {
      throw new RowbridgeError('sync_run_not_started', `connector ${namesOf(waiting)} has not begun to read`);
    }
    this.#refuseStandstill(`connector ${namesOf(unfinished)} has read nothing more`);
  }

  async #watchApplying(): Promise<void> {
    await this.#measureApplied();
    const behind = this.#directions.filter(({ isApplied }) => !isApplied);
    if (behind.length === 0) {
      return this.#run.reset ? this.#enter('reconciling') : this.#finish({ status: 'completed' });
    }
    this.#refuseStandstill(`direction ${behind.map(({ name }) => name).join(', ')} has applied nothing more`);
  }

  async #measureApplied(): Promise<void> {
    for (const direction of this.#directions) await direction.measure();
    const { rowsApplied } = this.shown();
    if (rowsApplied !== this.#rowsApplied) this.#progressedAtMs = this.#options.ports.now();
    this.#rowsApplied = rowsApplied;
  }

  get #hasStalled(): boolean {
    const { now, patience } = this.#options.ports;
    return now() - this.#progressedAtMs > patience.progressMs;
  }

  #refuseStandstill(problem: string): void {
    if (this.#hasStalled) throw new RowbridgeError('sync_run_stalled', problem);
  }

  /** Failures that no later step mends, and any that has lasted too long. */
  #endsRun({ code }: RowbridgeError): boolean {
    const isFinal = code === 'connector_failed' || code === 'connect_unreachable';
    return isFinal || errorTable[code].disposition === 'fail_run' || this.#hasStalled;
  }

  async #watchReset(): Promise<void> {
    this.#reset ??= this.#beginReset();
    const { outcome, failure } = this.#reset;
    // Told to stop, or let go of: what the reset ended with is not how the run ends.
    if (this.#abort.signal.aborted) return;
    if (outcome === null) return this.#finish({ status: 'completed' });
    if (outcome !== undefined) return this.#fail(outcome);
    const connectors = this.#directions.map(({ connector }) => connector);
    if (!(await this.#allRun(connectors))) this.#progressedAtMs = this.#options.ports.now();
    if (this.#hasStalled && failure !== null) throw failure;
    this.#refuseStandstill('the reset has compared nothing more');
  }

  #beginReset(): ResetWork {
    const { system, ports } = this.#options;
    const onProgress = (): void => void (this.#progressedAtMs = ports.now());
    return new ResetWork({
      system,
      ports,
      directions: this.#directions,
      abortSignal: this.#abort.signal,
      onProgress,
    });
  }

  async #watchStopping(): Promise<void> {
    const { now, patience } = this.#options.ports;
    await this.#reset?.ended;
    const unfinished = this.#directions.filter(({ isUnfinished }) => isUnfinished);
    if (unfinished.length === 0) return this.#finish({ status: 'stopped' });
    await this.#allRun(unfinished.map(({ connector }) => connector));
    if (now() - this.#stopSentAtMs >= stopRepeatMs) {
      for (const direction of unfinished) await direction.stop();
      this.#stopSentAtMs = now();
    }
    if (now() - (this.#stoppedAtMs ?? now()) > patience.stopMs) {
      const problem = `connector ${namesOf(unfinished)} has not confirmed that it stopped`;
      throw new RowbridgeError('sync_run_stalled', problem);
    }
  }

  /** Ends the run as failed; what its connectors still have of it is stopped as far as they can be reached. */
  async #fail(error: RowbridgeError): Promise<void> {
    this.#abort.abort();
    for (const direction of this.#directions.filter(({ isUnfinished }) => isUnfinished)) {
      await direction.stop().catch(() => undefined);
    }
    await this.#finish({ status: 'failed', error: { code: error.code, message: error.message } });
  }

  async #finish(end: SyncRunEnd): Promise<void> {
    const { ports } = this.#options;
    const progress = storedProgress(this.shown().directions);
    const finished = await ports.runs.finish(this.id, { progress, conflicts: this.#conflicts, ...end });
    // Null: another process has ended it.
    this.#run = finished ?? (await ports.runs.get(this.id)) ?? { ...this.#run, status: end.status };
    await this.#keepDetails();
    const run = this.shown();
    ports.onChange(run);
    if (finished === null) return;
    ports.metrics.ended(run);
    const line = { run: run.id, trigger: run.trigger, rows: run.rowsRead, operation: 'sync_run' };
    if (run.error === null) ports.logger.info({ ...line, state: run.state }, 'Sync run has ended');
    else ports.logger.error({ ...line, state: run.state, errorCode: run.error.code }, run.error.message);
  }

  async #enter(phase: RunPhase): Promise<void> {
    this.#phase = phase;
    this.#progressedAtMs = this.#options.ports.now();
    await this.#keepDetails();
    this.#options.ports.logger.info({ run: this.id, phase, operation: 'sync_run' }, 'Sync run goes on');
  }

  async #keepDetails(): Promise<void> {
    const details: RunDetails = {
      runId: this.id,
      phase: this.#phase,
      directions: this.#directions.map((direction) => direction.details),
    };
    await this.#options.ports.state.put(detailsKey(this.#run.system), details);
  }

  async #save(): Promise<void> {
    const { ports } = this.#options;
    const shown = this.shown();
    const signals = this.#directions.map(({ details: { direction, signalId } }) => ({ direction, signalId }));
    const changes = { progress: storedProgress(shown.directions), signals, conflicts: this.#conflicts };
    const saved = await ports.runs.update(this.id, changes);
    this.#run = saved ?? (await ports.runs.get(this.id)) ?? this.#run;
    ports.metrics.running(shown);
    ports.onChange(this.shown());
  }
}
