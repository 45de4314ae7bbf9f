import type { RawRecord } from '@rowbridge/change-event';
import { replayReplySchema, type ReplayReply } from '@rowbridge/control-protocol';
import type { ControlStore, Settlement } from '@rowbridge/control-store';
import type { Logger } from '@rowbridge/observability';
import * as zod from 'zod';
import { longestMessage, textOf } from './index-record.js';
import { statusAfter } from './status-after.js';

export interface ReplyIntakeOptions {
  readonly store: () => ControlStore;
  /** Who asked for the replay, where this process knows. */
  readonly actorOf: (requestId: string) => string | null;
  /** Told of each answer once the index says the same. */
  readonly onSettled: (reply: ReplayReply) => void;
  readonly logger: Pick<Logger, 'warn'>;
  readonly wait: (milliseconds: number) => Promise<void>;
}

/** Anybody may write to the topic: an answer that some store refuses would hold up all behind it. */
const storableReplySchema = replayReplySchema.extend({
  requestId: zod.string().regex(/^[!-~]{1,64}$/),
  deadLetterId: zod.string().regex(/^\d{1,10}-\d{1,19}$/),
  answeredAtMs: zod.int().min(0),
});

/** A transaction on a store in a file holds up the whole process for as long as it lasts. */
const repliesPerTransaction = 100;
const retryMs = 1_000;

/**
 * Settles dead letters as the directions answer for them. Answers are read from the beginning of their topic whenever
 * a process starts, and by every process: each settles what was not settled since, so none is missed and none counts
 * twice.
 */
export class ReplyIntake {
  private readonly waiting: ReplayReply[] = [];
  private working = false;
  private closed = false;

  constructor(private readonly options: ReplyIntakeOptions) {}

  /** Takes a record of `rowbridge.replies`. Never throws. */
  take({ value }: Pick<RawRecord, 'value'>): void {
    const reply = readReply(value);
    if (reply === null) {
      this.options.logger.warn({ operation: 'replay' }, 'An answer to a replay cannot be read: passed by');
      return;
    }
    this.waiting.push(reply);
    if (!this.working) void this.work();
  }

  close(): void {
    this.closed = true;
  }

  private async work(): Promise<void> {
    this.working = true;
    while (this.waiting.length > 0 && !this.closed) {
      const replies = this.waiting.slice(0, repliesPerTransaction);
      try {
        await this.settle(replies);
        this.waiting.splice(0, replies.length);
        for (const reply of replies) this.options.onSettled(reply);
      } catch (error) {
        this.options.logger.warn(
          { err: error, operation: 'replay' },
          'Answers to replays cannot be entered yet',
        );
        await this.options.wait(retryMs);
      }
    }
    this.working = false;
  }

  private async settle(replies: readonly ReplayReply[]): Promise<void> {
    const settlements = replies.filter(({ dryRun }) => !dryRun).map((reply) => this.settlementOf(reply));
    if (settlements.length > 0) await this.options.store().deadLetters.settle(settlements, ['open']);
  }

  private settlementOf({ deadLetterId, requestId, outcome, fault, answeredAtMs }: ReplayReply): Settlement {
    const actor = this.options.actorOf(requestId);
    return {
      id: deadLetterId,
      status: statusAfter(outcome),
      settledAtMs: answeredAtMs,
      onlyIfLater: true,
      requestId,
      outcome,
      ...(actor === null ? {} : { settledBy: actor }),
      ...(fault && {
        fault: { code: textOf(fault.code, 64), message: textOf(fault.message, longestMessage) },
      }),
    };
  }
}

function readReply(value: Uint8Array | null): ReplayReply | null {
  try {
    const read = storableReplySchema.safeParse(JSON.parse(Buffer.from(value ?? '').toString()));
    return read.success ? read.data : null;
  } catch {
    return null;
  }
}
