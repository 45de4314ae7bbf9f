import type { SyncHistoryQuery, SyncPlan, SyncRun, SyncTrigger } from '@rowbridge/control-protocol';
import { InvalidCursorError, type SyncRun as StoredRun } from '@rowbridge/control-store';
import type { SnapshotNotification } from 'debezium-connect-client';
import { askDependency, RequestProblem } from '../http/request-problem.js';
import { ActiveRun } from './active-run.js';
import { planRun, shownPlan, type RunPlan } from './plan-run.js';
import { detailsKey, type RunDetails } from './run-details.js';
import { RunLease } from './run-lease.js';
import type { RunPorts } from './run-ports.js';
import { shownPastRun } from './run-view.js';
import type { SyncedSystem } from './synced-system.js';

export interface TriggerOrder {
  readonly request: SyncTrigger;
  readonly actor: string;
  readonly trigger: SyncRun['trigger'];
}

export interface TriggeredRun {
  readonly run: SyncRun;
  readonly plan: SyncPlan;
}

export interface SyncRunsOptions {
  readonly system: SyncedSystem;
  readonly ports: RunPorts;
  /** Told that a run is there which nobody carries out: {@link SyncRuns.start} takes it up. */
  readonly onLeft: () => void;
  /** Time between two steps of a run. Default 1,000. */
  readonly stepMs?: number;
}

/** Time between two looks for a run that another process has left. */
const lookMs = 2_000;

/** The sync runs of one system: one at a time, taken up by another process where theirs ends, kept in the history. */
export class SyncRuns {
  readonly #options: SyncRunsOptions;
  #active: ActiveRun | null = null;
  #timer: NodeJS.Timeout | null = null;
  #stepping: Promise<void> = Promise.resolve();
  #isStepping = false;
  readonly #lease: RunLease;
  #renewing: Promise<void> | null = null;
  #lookedAtMs = -Infinity;
  #isStopped = false;

  constructor(options: SyncRunsOptions) {
    this.#options = options;
    this.#lease = new RunLease(options.system.name, options.ports);
  }

  /**
   * Takes up a run that another process left, and begins to work. Notifications that came before are to be handed over
   * again afterwards, from the oldest there is. Called again, it takes up what has been left since.
   * @throws RowbridgeError `control_store_unavailable`
   */
  async start(): Promise<void> {
    if (!this.isRunning) await this.#takeUp();
    if (this.#isStopped) return this.#releaseLease();
    this.#timer ??= setInterval(() => void this.#beat(), this.#options.stepMs ?? 1_000);
  }

  /** Lets go of a run that is going on, for the next process to take up. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    if (this.#timer !== null) clearInterval(this.#timer);
    await this.#active?.release();
    await this.#stepping;
    await this.#renewing;
    await this.#releaseLease();
  }

  takeNotification(connector: string, notification: SnapshotNotification): void {
    this.#active?.take(connector, notification);
  }

  /** What a trigger would do. @throws RequestProblem as {@link trigger} does, but for a run that is going on */
  async plan(request: SyncTrigger): Promise<SyncPlan> {
    return shownPlan(await planRun(this.#options.system, request));
  }

  /**
   * Begins a run; its outcome is seen in the status, the stream and the history.
   * @throws RequestProblem `request_invalid` with pointers, `illegal_transition` with the id of the run that is going
   *   on, 503 where a database or the store does not answer
   */
  async trigger({ request, actor, trigger }: TriggerOrder): Promise<TriggeredRun> {
    const { system, ports } = this.#options;
    requireConfirmation(request);
    const running = await askDependency('store', () => ports.runs.running(system.name));
    if (running !== null) throw busy(running);
    const plan = await planRun(system, request);
    const creation = await askDependency('store', () =>
      ports.runs.create(newRun(system, plan, { actor, trigger })),
    );
    if (creation.kind === 'busy') throw busy(creation.running);
    // A run whose creator does not come to this point is taken up as one that was left.
    const isOurs = await askDependency('store', () => this.#lease.begin(creation.run.id));
    if (!isOurs) throw busy(creation.run);
    this.#active = new ActiveRun({ system, run: creation.run, details: null, plan, ports });
    const run = this.#active.shown();
    ports.logger.info({ run: run.id, trigger, actor, operation: 'sync_run' }, 'Sync run has begun');
    ports.onChange(run);
    void this.#beat();
    return { run, plan: shownPlan(plan) };
  }

  /**
   * Has the running one stop; it ends once the connectors confirm it. Rows they have read by then are still applied.
   * @throws RequestProblem `illegal_transition` when none is going on here, 503 where the store does not answer
   */
  async requestStop(): Promise<SyncRun> {
    const active = this.#active;
    if (active === null || active.isOver) throw await this.#nothingToStop();
    active.requestStop();
    await this.#beat();
    return active.shown();
  }

  /** The run that is going on, or the last; null before the first. */
  async latest(): Promise<SyncRun | null> {
    if (this.#active !== null) return this.#active.shown();
    const { system, ports } = this.#options;
    const page = await askDependency('store', () => ports.runs.list({ system: system.name, limit: 1 }));
    const [run] = page.items;
    return run === undefined ? null : shownPastRun(run);
  }

  get isRunning(): boolean {
    return this.#active !== null && !this.#active.isOver;
  }

  /** @throws RequestProblem `request_invalid` for a cursor no page handed out */
  async history(query: SyncHistoryQuery): Promise<{ items: SyncRun[]; nextCursor: string | null }> {
    const { system, ports } = this.#options;
    const { limit, cursor, state, trigger, direction, table, actor, startedAfter, startedBefore } = query;
    const page = await askDependency('store', () =>
      ports.runs
        .list({
          system: system.name,
          limit,
          cursor,
          trigger,
          direction,
          table,
          actor,
          ...(state !== undefined && { statuses: [state] }),
          ...(startedAfter !== undefined && { fromMs: Date.parse(startedAfter) }),
          ...(startedBefore !== undefined && { untilMs: Date.parse(startedBefore) }),
        })
        .catch(refuseCursor),
    );
    const current = this.#active?.shown();
    const items = page.items.map((run) => (run.id === current?.id ? current : shownPastRun(run)));
    return { items, nextCursor: page.next };
  }

  async #nothingToStop(): Promise<RequestProblem> {
    const { system, ports } = this.#options;
    const running = await askDependency('store', () => ports.runs.running(system.name));
    const code = 'illegal_transition';
    if (running === null) {
      return new RequestProblem(code, 'no sync run is going on: there is nothing to stop');
    }
    const detail = `the sync run ${running.id} is another process's, or is about to be taken up: ask again in some seconds`;
    return new RequestProblem(code, detail, { context: { runId: running.id } });
  }

  async #takeUp(): Promise<void> {
    const { system, ports } = this.#options;
    const run = await ports.runs.running(system.name);
    if (run === null) {
      const [last] = (await ports.runs.list({ system: system.name, limit: 1 })).items;
      if (last !== undefined) ports.metrics.last(shownPastRun(last));
      return;
    }
    if (!(await this.#lease.takeOver(run.id))) return;
    const stored = await ports.state.get(detailsKey(system.name));
    const details = stored?.content as RunDetails | undefined;
    this.#active = new ActiveRun({
      system,
      run,
      details: details?.runId === run.id ? details : null,
      plan: null,
      ports,
    });
    ports.logger.info({ run: run.id, operation: 'sync_run' }, 'Sync run is taken up again');
  }

  /** Steps never overlap; one that is due while another is made is left out. */
  #beat(): Promise<void> {
    const active = this.isRunning ? this.#active : null;
    if (active !== null) this.#renewing ??= this.#renewLease(active).finally(() => (this.#renewing = null));
    if (this.#isStepping) return this.#stepping;
    this.#isStepping = true;
    this.#stepping = (active === null ? this.#lookForLeft() : active.step())
      .catch((error: unknown) =>
        this.#options.ports.logger.warn(
          { err: error, run: active?.id, operation: 'sync_run' },
          'A step of the sync runs failed and is made again',
        ),
      )
      .finally(() => (this.#isStepping = false));
    return this.#stepping;
  }

  /** What others have left: a run, or a connector that one of theirs had stopped. */
  async #lookForLeft(): Promise<void> {
    const { system, ports, onLeft } = this.#options;
    if (Math.abs(ports.now() - this.#lookedAtMs) < lookMs) return;
    this.#lookedAtMs = ports.now();
    const run = await ports.runs.running(system.name);
    if (run === null) await ports.care.resumeStopped(system.directions.map(({ connector }) => connector));
    if (run !== null && !this.isRunning && (await this.#lease.isFree(run.id))) onLeft();
  }

  /** Beside the steps, since one may take longer than others wait for a sign of life. */
  async #renewLease(active: ActiveRun): Promise<void> {
    const { logger } = this.#options.ports;
    const facts = { run: active.id, operation: 'sync_run' };
    try {
      if (await this.#lease.renew()) return;
      if (this.#active === active) this.#active = null;
      await active.release();
      logger.warn(facts, 'Sync run was taken up by another process and is left to that');
    } catch (error) {
      logger.warn({ ...facts, err: error }, 'A sign of life of the sync run could not be kept');
    }
  }

  /** One that cannot be released is taken up by others a little later. */
  async #releaseLease(): Promise<void> {
    if (!this.isRunning) return;
    await this.#lease
      .release()
      .catch((error: unknown) =>
        this.#options.ports.logger.warn({ err: error, operation: 'sync_run' }, 'Sync run was not released'),
      );
  }
}

function newRun(
  system: SyncedSystem,
  { request, filterWords, snapshots }: RunPlan,
  { actor, trigger }: Pick<TriggerOrder, 'actor' | 'trigger'>,
): Parameters<RunPorts['runs']['create']>[0] {
  return {
    system: system.name,
    trigger,
    actor,
    directions: snapshots.map(({ direction }) => direction.plan.name),
    tables: [...new Set(snapshots.flatMap(({ tables }) => tables.map(({ plan }) => plan.entity)))],
    keyFilter: filterWords === null ? null : JSON.stringify(filterWords),
    reset: request.reset,
  };
}

function requireConfirmation({ reset, confirm }: SyncTrigger): void {
  if (!reset || confirm === 'reset') return;
  const detail = 'a reset may delete rows: confirm it with "reset"';
  throw new RequestProblem('request_invalid', detail, {
    places: [{ in: 'body', pointer: '/confirm', detail }],
  });
}

function busy({ id }: StoredRun): RequestProblem {
  return new RequestProblem('illegal_transition', `the sync run ${id} is going on`, {
    context: { runId: id },
  });
}

function refuseCursor(error: unknown): never {
  if (!(error instanceof InvalidCursorError)) throw error;
  const detail = 'is no cursor that a page of this list handed out';
  throw new RequestProblem('request_invalid', detail, {
    places: [{ in: 'query', pointer: '/cursor', detail }],
  });
}
