import type { Replay, ReplayReply, ReplayResult } from '@rowbridge/control-protocol';
import type { ErrorCode } from '@rowbridge/errors';
import { statusAfter } from './status-after.js';

/** Results kept of one replay: the first of them, for people; counts cover all. */
const mostResults = 10_000;

export interface ReplayFault {
  readonly code: ErrorCode;
  readonly message: string;
}

export interface NewReplayRun {
  readonly requestId: string;
  readonly dryRun: boolean;
  readonly actor: string;
  readonly now: () => number;
}

/** One replay from its request to its last answer. Keeps in mind what was sent and is not answered for yet. */
export class ReplayRun {
  readonly requestId: string;
  readonly dryRun: boolean;
  readonly actor: string;
  readonly results: ReplayResult[] = [];
  readonly stopping = new AbortController();
  /** Resolves when the run has ended, however. */
  readonly ended: Promise<void>;
  private readonly now: () => number;
  private readonly startedAtMs: number;
  private readonly pending = new Map<string, string>();
  private readonly byOutcome: Record<string, number> = {};
  private resolveEnded: () => void = () => undefined;
  private endedAtMs: number | null = null;
  private state: Replay['state'] = 'running';
  private error: ReplayFault | null = null;
  private selected = 0;
  private sent = 0;
  private answered = 0;
  private allSent = false;
  private lastNewsMs: number;

  constructor({ requestId, dryRun, actor, now }: NewReplayRun) {
    this.requestId = requestId;
    this.dryRun = dryRun;
    this.actor = actor;
    this.now = now;
    this.startedAtMs = this.lastNewsMs = now();
    this.ended = new Promise((resolve) => {
      this.resolveEnded = resolve;
    });
  }

  get isRunning(): boolean {
    return this.state === 'running';
  }

  /** Time since anything was sent or answered. */
  get silentForMs(): number {
    return this.now() - this.lastNewsMs;
  }

  get unanswered(): number {
    return this.pending.size;
  }

  select(count: number): void {
    this.selected += count;
  }

  /** Before the records are written: an answer may come before the write resolves. */
  noteSending(letters: readonly { readonly id: string; readonly direction: string }[]): void {
    for (const { id, direction } of letters) this.pending.set(id, direction);
    this.sent += letters.length;
    this.lastNewsMs = this.now();
  }

  /** A letter that could not be sent. */
  refuse(letter: { readonly id: string; readonly direction: string }, fault: ReplayFault): void {
    if (this.pending.delete(letter.id)) this.sent -= 1;
    this.addResult({ id: letter.id, direction: letter.direction, outcome: null, fault, status: 'open' });
  }

  /** An answer to one of its letters; others are passed by. */
  take({ deadLetterId, direction, outcome, fault }: ReplayReply): void {
    if (!this.pending.delete(deadLetterId)) return;
    this.answered += 1;
    this.lastNewsMs = this.now();
    this.addResult({ id: deadLetterId, direction, outcome, fault, status: statusAfter(outcome) });
    this.endWhenAnswered();
  }

  /** Nothing more is sent. */
  finishSending(): void {
    this.allSent = true;
    this.endWhenAnswered();
  }

  fail(error: ReplayFault): void {
    this.end('failed', error);
  }

  view(): Replay {
    return {
      requestId: this.requestId,
      dryRun: this.dryRun,
      state: this.state,
      actor: this.actor,
      startedAt: new Date(this.startedAtMs).toISOString(),
      endedAt: this.endedAtMs === null ? null : new Date(this.endedAtMs).toISOString(),
      selected: this.selected,
      sent: this.sent,
      answered: this.answered,
      byOutcome: { ...this.byOutcome },
      error: this.error,
    };
  }

  private addResult(result: ReplayResult): void {
    const name = result.outcome ?? 'fault';
    this.byOutcome[name] = (this.byOutcome[name] ?? 0) + 1;
    if (this.results.length < mostResults) this.results.push(result);
  }

  private endWhenAnswered(): void {
    if (!this.allSent || this.pending.size > 0) return;
    this.end(this.stopping.signal.aborted ? 'stopped' : 'completed', null);
  }

  private end(state: Replay['state'], error: ReplayFault | null): void {
    if (!this.isRunning) return;
    this.state = state;
    this.error = error;
    this.endedAtMs = this.now();
    this.resolveEnded();
  }
}
