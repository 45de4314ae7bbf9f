import { randomUUID } from 'node:crypto';
import type { ReplayReply } from '@rowbridge/control-protocol';
import type { ReplayCandidate } from '@rowbridge/control-store';
import { RowbridgeError } from '@rowbridge/errors';
import type { Logger } from '@rowbridge/observability';
import { RequestProblem } from '../http/request-problem.js';
import { ReplayRun } from './replay-run.js';
import { sendReplays, type SendingOptions } from './send-replays.js';

export interface ReplayOrder {
  readonly actor: string;
  readonly dryRun: boolean;
  readonly pages: AsyncIterable<readonly ReplayCandidate[]>;
  readonly sending: SendingOptions;
}

export interface ReplayDeskOptions {
  readonly logger: Pick<Logger, 'info' | 'warn'>;
  readonly now: () => number;
  readonly wait: (milliseconds: number) => Promise<void>;
}

/** Rehearsals write nothing: several may go on at a time, as many as fit on a screen. */
const mostRehearsals = 4;
const mostRemembered = 50;
/** A direction that says nothing for so long is not there. */
const silenceLimitMs = 30_000;
const silenceLookMs = 250;

/** The replays of this process: one in earnest at a time, so that letters of one key keep their order. */
export class ReplayDesk {
  private readonly runs = new Map<string, ReplayRun>();

  constructor(private readonly options: ReplayDeskOptions) {}

  /** @throws RequestProblem `replay_running` */
  start({ actor, dryRun, pages, sending }: ReplayOrder): ReplayRun {
    this.requireRoom(dryRun);
    const { now, logger } = this.options;
    const run = new ReplayRun({ requestId: randomUUID(), dryRun, actor, now });
    this.runs.set(run.requestId, run);
    this.forgetOldest();
    logger.info({ operation: 'replay', requestId: run.requestId, dryRun, actor }, 'A replay has begun');
    void this.carryOut(run, pages, sending);
    return run;
  }

  find(requestId: string): ReplayRun | null {
    return this.runs.get(requestId) ?? null;
  }

  /** Newest first. */
  list(): readonly ReplayRun[] {
    return [...this.runs.values()].reverse();
  }

  take(reply: ReplayReply): void {
    this.runs.get(reply.requestId)?.take(reply);
  }

  /** Sends nothing more; what was sent is still answered. */
  stop(run: ReplayRun): void {
    run.stopping.abort();
  }

  close(): void {
    for (const run of this.runs.values()) run.stopping.abort();
  }

  private requireRoom(dryRun: boolean): void {
    const running = [...this.runs.values()].filter((run) => run.isRunning && run.dryRun === dryRun);
    const [first] = running;
    if (!first || running.length < (dryRun ? mostRehearsals : 1)) return;
    throw new RequestProblem('replay_running', `Replay ${first.requestId} is going on.`, {
      context: { requestId: first.requestId },
    });
  }

  private forgetOldest(): void {
    for (const [requestId, run] of this.runs) {
      if (this.runs.size <= mostRemembered) return;
      if (!run.isRunning) this.runs.delete(requestId);
    }
  }

  private async carryOut(
    run: ReplayRun,
    pages: ReplayOrder['pages'],
    sending: SendingOptions,
  ): Promise<void> {
    const { logger, wait } = this.options;
    try {
      await sendReplays(run, pages, sending);
      run.finishSending();
      while (run.isRunning) {
        await Promise.race([run.ended, wait(silenceLookMs)]);
        if (run.isRunning && run.silentForMs > silenceLimitMs) run.fail(silenceOf(run));
      }
    } catch (error) {
      logger.warn({ err: error, operation: 'replay', requestId: run.requestId }, 'A replay ended early');
      const known = error instanceof RowbridgeError || error instanceof RequestProblem;
      run.fail(
        known
          ? { code: error.code, message: error.message }
          : { code: 'internal_error', message: 'It ended in a way nobody expected; the log says more.' },
      );
    }
    const { state, sent, answered } = run.view();
    logger.info(
      { operation: 'replay', requestId: run.requestId, state, sent, answered },
      'A replay has ended',
    );
  }
}

function silenceOf(run: ReplayRun): { readonly code: 'replay_unanswered'; readonly message: string } {
  return {
    code: 'replay_unanswered',
    message: `${run.unanswered} dead letters were sent and are not answered for; see that the direction runs and is not paused.`,
  };
}
