import type { SyncHistoryQuery, SyncPlan, SyncRun, SyncTrigger } from '@rowbridge/control-protocol';
import { InvalidCursorError, type SyncRun as StoredRun } from '@rowbridge/control-store';
import type { SnapshotNotification } from 'debezium-connect-client';
import { askDependency, RequestProblem } from '../http/request-problem.js';
import { ActiveRun } from './active-run.js';
import { planRun, shownPlan, type RunPlan } from './plan-run.js';
import { detailsKey, type RunDetails } from './run-details.js';
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
  /** Time between two steps of a run. Default 1,000. */
  readonly stepMs?: number;
}

/** The sync runs of one system: one at a time, taken up again after a restart, kept in the history. */
export class SyncRuns {
  readonly #options: SyncRunsOptions;
  #active: ActiveRun | null = null;
  #timer: NodeJS.Timeout | null = null;
  #stepping: Promise<void> = Promise.resolve();
  #isStepping = false;

  constructor(options: SyncRunsOptions) {
    this.#options = options;
  }

  /**
   * Takes up the run an earlier process left, and begins to work. Notifications that came before are to be handed over
   * again afterwards, from the oldest there is. Called again, it changes nothing.
   * @throws RowbridgeError `control_store_unavailable`
   */
  async start(): Promise<void> {
    if (this.#active === null) await this.#takeUp();
    this.#timer ??= setInterval(() => void this.#beat(), this.#options.stepMs ?? 1_000);
  }

  /** Lets go of a run that is going on, for the next process to take up. */
  async stop(): Promise<void> {
    if (this.#timer !== null) clearInterval(this.#timer);
    await this.#active?.release();
    await this.#stepping;
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
    this.#active = new ActiveRun({ system, run: creation.run, details: null, plan, ports });
    const run = this.#active.shown();
    ports.logger.info({ run: run.id, trigger, actor, operation: 'sync_run' }, 'Sync run has begun');
    ports.onChange(run);
    void this.#beat();
    return { run, plan: shownPlan(plan) };
  }

  /**
   * Has the running one stop; it ends once the connectors confirm it. Rows they have read by then are still applied.
   * @throws RequestProblem `illegal_transition` when none is going on
   */
  async requestStop(): Promise<SyncRun> {
    const active = this.#active;
    if (active === null || active.isOver) {
      throw new RequestProblem('illegal_transition', 'no sync run is going on: there is nothing to stop');
    }
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

  async #takeUp(): Promise<void> {
    const { system, ports } = this.#options;
    const run = await ports.runs.running(system.name);
    if (run === null) {
      const [last] = (await ports.runs.list({ system: system.name, limit: 1 })).items;
      if (last !== undefined) ports.metrics.last(shownPastRun(last));
      return;
    }
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
    const active = this.#active;
    if (this.#isStepping || active === null || active.isOver) return this.#stepping;
    this.#isStepping = true;
    this.#stepping = active
      .step()
      .catch((error: unknown) =>
        this.#options.ports.logger.warn(
          { err: error, run: active.id, operation: 'sync_run' },
          'A step of the sync run failed and is made again',
        ),
      )
      .finally(() => (this.#isStepping = false));
    return this.#stepping;
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
