import { randomUUID } from 'node:crypto';
import type { ReplayReply } from '@rowbridge/control-protocol';
import {
  abandonedVersion,
  type ReplayCandidate,
  type ReplayLog,
  type StoredReplay,
  type StoredReplayResult,
} from '@rowbridge/control-store';
import { RowbridgeError } from '@rowbridge/errors';
import type { Logger } from '@rowbridge/observability';
import { askDependency, RequestProblem } from '../http/request-problem.js';
import { ReplayRecorder } from './replay-recorder.js';
import { ReplayRun } from './replay-run.js';
import { sendReplays, type SendingOptions } from './send-replays.js';

export interface ReplayOrder {
  readonly actor: string;
  readonly dryRun: boolean;
  readonly pages: AsyncIterable<readonly ReplayCandidate[]>;
  readonly sending: Omit<SendingOptions, 'noted'>;
}

export interface ReplayDeskOptions {
  /** @throws RequestProblem 503 while the store is away */
  readonly log: () => ReplayLog;
  readonly logger: Pick<Logger, 'info' | 'warn'>;
  readonly now: () => number;
  readonly wait: (milliseconds: number) => Promise<void>;
  readonly patience?: ReplayPatience;
}

export interface ReplayPatience {
  /** A direction that says nothing for so long is not there. */
  readonly silenceMs: number;
  /** A replay whose process writes nothing for so long has lost it. */
  readonly abandonedMs: number;
  /** Time between two looks, and between two signs of life. */
  readonly lookMs: number;
}

const usualPatience: ReplayPatience = { silenceMs: 30_000, abandonedMs: 5_000, lookMs: 250 };

/** Rehearsals write nothing: several may go on at a time, as many as fit on a screen. */
const mostRehearsals = 4;

/**
 * Carries out replays, one in earnest at a time, so that letters of one key keep their order. Each is remembered in the
 * store from its beginning; one that another process left is taken up: its answers are counted, and nothing more is sent.
 */
export class ReplayDesk {
  private readonly runs = new Map<string, ReplayRun>();
  private readonly actors = new Map<string, string>();
  private readonly carrying = new Set<Promise<void>>();
  private readonly left = new Map<ReplayRun, number>();
  /** Versions of others' replays at the last look. */
  private seen: ReadonlyMap<string, number> = new Map();
  private readonly patience: ReplayPatience;
  private readonly closing = new AbortController();
  private readonly letGo: Promise<void>;

  constructor(private readonly options: ReplayDeskOptions) {
    this.patience = options.patience ?? usualPatience;
    const { signal } = this.closing;
    this.letGo = new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
  }

  /** @throws RequestProblem `replay_running`, 503 `store` where it cannot be remembered */
  async start({ actor, dryRun, pages, sending }: ReplayOrder): Promise<ReplayRun> {
    this.requireRoom(dryRun);
    const { now, logger } = this.options;
    const run = ReplayRun.begin({ requestId: randomUUID(), dryRun, actor, now });
    this.hold(run);
    const recorder = this.recorderOf(run);
    try {
      await askDependency('store', () => recorder.keep());
    } catch (failure) {
      this.runs.delete(run.requestId);
      throw failure;
    }
    logger.info({ operation: 'replay', requestId: run.requestId, dryRun, actor }, 'A replay has begun');
    this.carry(run, recorder, async () => {
      await sendReplays(run, pages, { ...sending, noted: () => recorder.keep() });
      if (!this.closed || run.stored().stopRequested) run.finishSending();
    });
    return run;
  }

  /**
   * Takes up what other processes left running. Answers are to be handed over from the first one on afterwards, and
   * {@link carryOn} is to be called when those there are have been. Called again, it takes up what has been left since.
   * @throws RowbridgeError `control_store_unavailable`
   */
  async takeUp(): Promise<void> {
    const log = this.options.log();
    for (const { requestId, actor } of await log.latest()) this.actors.set(requestId, actor);
    for (const { replay, version } of await log.running()) {
      if (this.runs.has(replay.requestId)) continue;
      const refusals = await log.results(replay.requestId);
      const run = ReplayRun.takeUp({ replay, refusals, now: this.options.now });
      this.hold(run);
      this.left.set(run, version);
    }
  }

  /**
   * Whether a replay is there that nobody carries out: let go of, or without a sign of life since the last time this was
   * asked. To be asked every `abandonedMs` or more seldom.
   * @throws RowbridgeError `control_store_unavailable`
   */
  async findsLeft(): Promise<boolean> {
    const { seen } = this;
    this.seen = new Map();
    const others = (await this.options.log().running()).filter(
      ({ replay }) => !this.runs.has(replay.requestId),
    );
    this.seen = new Map(others.map(({ replay, version }) => [replay.requestId, version]));
    return others.some(
      ({ replay, version }) => version === abandonedVersion || seen.get(replay.requestId) === version,
    );
  }

  carryOn(): void {
    for (const [run, version] of this.left) {
      this.left.delete(run);
      this.track(this.inherit(run, version));
    }
  }

  /** One that this process carries out, or has taken up. */
  find(requestId: string): ReplayRun | null {
    return this.runs.get(requestId) ?? null;
  }

  actorOf(requestId: string): string | null {
    return this.actors.get(requestId) ?? null;
  }

  /** A replay and its results, wherever it was carried out; null where none is remembered. */
  async show(
    requestId: string,
  ): Promise<{ readonly replay: StoredReplay; readonly results: readonly StoredReplayResult[] } | null> {
    const run = this.find(requestId);
    if (run) return { replay: run.stored(), results: run.results };
    const log = this.options.log();
    const replay = await log.get(requestId);
    return replay && { replay, results: await log.results(requestId) };
  }

  /** Newest first. */
  async list(): Promise<readonly StoredReplay[]> {
    const remembered = await this.options.log().latest();
    return remembered.map((replay) => this.find(replay.requestId)?.stored() ?? replay);
  }

  take(reply: ReplayReply): void {
    this.runs.get(reply.requestId)?.take(reply);
  }

  /** Lets go of what is going on, for the next process to take up. */
  async close(): Promise<void> {
    this.closing.abort();
    for (const run of this.runs.values()) run.stopping.abort();
    await Promise.all(this.carrying);
  }

  private get closed(): boolean {
    return this.closing.signal.aborted;
  }

  private hold(run: ReplayRun): void {
    this.runs.set(run.requestId, run);
    this.actors.set(run.requestId, run.actor);
  }

  private requireRoom(dryRun: boolean): void {
    const running = [...this.runs.values()].filter((run) => run.isRunning && run.dryRun === dryRun);
    const [first] = running;
    if (!first || running.length < (dryRun ? mostRehearsals : 1)) return;
    throw new RequestProblem('replay_running', `Replay ${first.requestId} is going on.`, {
      context: { requestId: first.requestId },
    });
  }

  private recorderOf(run: ReplayRun): ReplayRecorder {
    return new ReplayRecorder(run, this.options.log);
  }

  private carry(run: ReplayRun, recorder: ReplayRecorder, send: () => Promise<void>): void {
    this.track(this.carryOut(run, recorder, send));
  }

  private track(work: Promise<void>): void {
    const tracked = work.finally(() => this.carrying.delete(tracked));
    this.carrying.add(tracked);
  }

  /** Waits until nobody else carries the run out, and then ends it truthfully, as one of those who wait. */
  private async inherit(run: ReplayRun, version: number): Promise<void> {
    const { log } = this.options;
    let seen = version;
    let waits = version !== abandonedVersion;
    for (;;) {
      if (waits) await this.waitForRest();
      if (this.closed) return;
      try {
        const current = (await log().running()).find(({ replay }) => replay.requestId === run.requestId);
        if (!current) {
          this.runs.delete(run.requestId);
          return;
        }
        if (current.version === seen && (await log().claim(run.requestId, seen))) break;
        seen = current.version;
        waits = seen !== abandonedVersion;
        run.takeCounts(current.replay);
      } catch (error) {
        waits = true;
        this.warn(run, error, 'A replay cannot be looked up yet');
      }
    }
    await this.carryOut(run, this.recorderOf(run), () => Promise.resolve(run.interrupt()));
  }

  /** As long as a replay may show no sign of life. */
  private async waitForRest(): Promise<void> {
    for (let waited = 0; waited < this.patience.abandonedMs && !this.closed; waited += this.patience.lookMs) {
      await this.options.wait(this.patience.lookMs);
    }
  }

  private async carryOut(run: ReplayRun, recorder: ReplayRecorder, send: () => Promise<void>): Promise<void> {
    const living = this.showLife(run, recorder);
    try {
      // Whatever it waits for: a run that is over, or let go of, does not.
      await Promise.race([send(), run.ended, this.letGo]);
      while (run.isRunning && !this.closed) {
        await Promise.race([run.ended, this.options.wait(this.patience.lookMs)]);
        if (run.isRunning && run.silentForMs > this.patience.silenceMs) run.giveUp();
      }
    } catch (error) {
      this.warn(run, error, 'A replay ended early');
      run.fail(faultOf(error));
    }
    await living;
    await this.putAway(run, recorder);
  }

  /** Until the run ends, whoever else looks sees that somebody carries it out. */
  private async showLife(run: ReplayRun, recorder: ReplayRecorder): Promise<void> {
    while (run.isRunning && !this.closed) {
      for (let waited = 0; waited < this.patience.abandonedMs / 4; waited += this.patience.lookMs) {
        await Promise.race([run.ended, this.options.wait(this.patience.lookMs)]);
        if (!run.isRunning || this.closed) return;
      }
      await recorder.keep().catch((error: unknown) => this.warn(run, error, 'A replay cannot be kept yet'));
    }
  }

  /** A run that has ended stays at hand until the store remembers how. */
  private async putAway(run: ReplayRun, recorder: ReplayRecorder): Promise<void> {
    for (;;) {
      try {
        await (run.isRunning ? recorder.abandon() : recorder.file());
        break;
      } catch (error) {
        this.warn(run, error, 'The end of a replay cannot be kept yet');
        if (this.closed) return;
        await this.options.wait(this.patience.lookMs * 4);
      }
    }
    this.runs.delete(run.requestId);
    const { state, sent, answered } = run.stored();
    const facts = { operation: 'replay', requestId: run.requestId, state, sent, answered };
    this.options.logger.info(facts, run.isRunning ? 'A replay is let go of' : 'A replay has ended');
  }

  private warn({ requestId }: ReplayRun, error: unknown, message: string): void {
    this.options.logger.warn({ err: error, operation: 'replay', requestId }, message);
  }
}

function faultOf(error: unknown): Parameters<ReplayRun['fail']>[0] {
  return error instanceof RowbridgeError || error instanceof RequestProblem
    ? { code: error.code, message: error.message }
    : { code: 'internal_error', message: 'It ended in a way nobody expected; the log says more.' };
}
