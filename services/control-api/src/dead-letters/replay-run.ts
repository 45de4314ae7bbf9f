import type { ReplayReply, ReplayResult } from '@rowbridge/control-protocol';
import type { StoredReplay, StoredReplayResult } from '@rowbridge/control-store';
import type { ErrorCode } from '@rowbridge/errors';
import { ExpectedAnswers, MissedAnswers } from './awaited-answers.js';
import { statusAfter } from './status-after.js';

/** Results kept of one replay: the first of them, for people; counts cover all. */
const mostResults = 10_000;
/** Of letters that could not be sent, kept while the replay goes on; answers are found again in their topic. */
const mostRefusals = 1_000;

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

/** A replay that another process began. */
export interface LeftReplay {
  readonly replay: StoredReplay;
  /** The letters that could not be sent. */
  readonly refusals: readonly StoredReplayResult[];
  readonly now: () => number;
}

type Counts = Pick<StoredReplay, 'selected' | 'sent' | 'allSent' | 'stopRequested'>;

/** One replay from its request to its last answer. Keeps in mind what was sent and is not answered for yet. */
export class ReplayRun {
  readonly requestId: string;
  readonly dryRun: boolean;
  readonly actor: string;
  readonly results: ReplayResult[] = [];
  readonly refusals: ReplayResult[] = [];
  /** Aborted when nothing more is to be sent. */
  readonly stopping = new AbortController();
  /** Resolves when the run has ended, however. */
  readonly ended: Promise<void>;
  private readonly now: () => number;
  private readonly startedAtMs: number;
  private readonly awaited: ExpectedAnswers | MissedAnswers;
  private readonly byOutcome: Record<string, number> = {};
  private resolveEnded: () => void = () => undefined;
  private endedAtMs: number | null = null;
  private state: StoredReplay['state'] = 'running';
  private error: ReplayFault | null = null;
  private counts: Counts = { selected: 0, sent: 0, allSent: false, stopRequested: false };
  private answered = 0;
  private interrupted = false;
  private lastNewsMs: number;

  private constructor(
    { requestId, dryRun, actor, now }: NewReplayRun,
    { startedAtMs, awaited }: { startedAtMs: number; awaited: ExpectedAnswers | MissedAnswers },
  ) {
    this.requestId = requestId;
    this.dryRun = dryRun;
    this.actor = actor;
    this.now = now;
    this.startedAtMs = startedAtMs;
    this.lastNewsMs = now();
    this.awaited = awaited;
    this.ended = new Promise((resolve) => {
      this.resolveEnded = resolve;
    });
  }

  static begin(options: NewReplayRun): ReplayRun {
    return new ReplayRun(options, { startedAtMs: options.now(), awaited: new ExpectedAnswers() });
  }

  /** Its answers are to be handed over from the first one on: they are counted anew. */
  static takeUp({ replay, refusals, now }: LeftReplay): ReplayRun {
    const run = new ReplayRun({ ...replay, now }, { ...replay, awaited: new MissedAnswers() });
    const refused = Object.values(replay.byOutcome).reduce((sum, count) => sum + count, 0) - replay.answered;
    if (refused > 0) run.byOutcome['fault'] = refused;
    run.refusals.push(...(refusals as ReplayResult[]));
    run.results.push(...run.refusals);
    run.takeCounts(replay);
    return run;
  }

  get isRunning(): boolean {
    return this.state === 'running';
  }

  /** Time since anything was sent or answered. */
  get silentForMs(): number {
    return this.now() - this.lastNewsMs;
  }

  get unanswered(): number {
    return Math.max(0, this.counts.sent - this.answered);
  }

  select(count: number): void {
    this.note({ selected: this.counts.selected + count });
  }

  /** Before the records are written: an answer may come before the write resolves. */
  noteSending(letters: readonly { readonly id: string }[]): void {
    this.awaited.expect(letters);
    this.note({ sent: this.counts.sent + letters.length });
    this.lastNewsMs = this.now();
  }

  /** A letter that could not be sent. */
  refuse(letter: { readonly id: string; readonly direction: string }, fault: ReplayFault): void {
    if (this.awaited.take(letter.id)) this.note({ sent: this.counts.sent - 1 });
    const refusal = {
      id: letter.id,
      direction: letter.direction,
      outcome: null,
      fault,
      status: 'open',
    } as const;
    if (this.refusals.length < mostRefusals) this.refusals.push(refusal);
    this.addResult(refusal);
  }

  /** An answer to one of its letters; others are passed by. */
  take({ deadLetterId, direction, outcome, fault }: ReplayReply): void {
    if (!this.awaited.take(deadLetterId)) return;
    this.answered += 1;
    this.lastNewsMs = this.now();
    this.addResult({ id: deadLetterId, direction, outcome, fault, status: statusAfter(outcome) });
    this.endWhenAnswered();
  }

  /** Nothing more is sent. */
  finishSending(): void {
    this.note({ allSent: true });
    this.endWhenAnswered();
  }

  /** Somebody wants nothing more to be sent; what was sent is still answered. */
  requestStop(): void {
    this.note({ stopRequested: true });
    this.stopping.abort();
  }

  /** The counts of whoever carries it out. */
  takeCounts({ selected, sent, allSent, stopRequested }: Counts): void {
    this.counts = { selected, sent, allSent, stopRequested };
  }

  /** Whoever was carrying it out is gone: what was not sent yet is not sent any more. */
  interrupt(): void {
    this.interrupted = true;
    this.lastNewsMs = this.now();
    this.endWhenAnswered();
  }

  /** No answer has come for too long. */
  giveUp(): void {
    if (this.interrupted && !this.counts.allSent) this.endInterrupted();
    else this.fail(this.silence());
  }

  fail(error: ReplayFault): void {
    this.end('failed', error);
  }

  /** As it is remembered. */
  stored(): StoredReplay {
    const { selected, sent, allSent, stopRequested } = this.counts;
    return {
      requestId: this.requestId,
      dryRun: this.dryRun,
      state: this.state,
      actor: this.actor,
      startedAtMs: this.startedAtMs,
      endedAtMs: this.endedAtMs,
      selected,
      sent: Math.max(sent, this.answered),
      answered: this.answered,
      allSent,
      stopRequested,
      byOutcome: { ...this.byOutcome },
      error: this.error,
    };
  }

  private note(changed: Partial<Counts>): void {
    this.counts = { ...this.counts, ...changed };
  }

  private addResult(result: ReplayResult): void {
    const name = result.outcome ?? 'fault';
    this.byOutcome[name] = (this.byOutcome[name] ?? 0) + 1;
    if (this.results.length < mostResults) this.results.push(result);
  }

  private endWhenAnswered(): void {
    const { allSent, stopRequested } = this.counts;
    if (this.unanswered > 0 || !(allSent || this.interrupted)) return;
    if (stopRequested) this.end('stopped', null);
    else if (allSent) this.end('completed', null);
    else this.endInterrupted();
  }

  private endInterrupted(): void {
    const { selected, sent } = this.counts;
    const message = `The control API ended while it was sending: of ${selected} dead letters found by then, at most ${sent} were sent. Those without an answer are as they were: begin another replay for them.`;
    this.end('failed', { code: 'replay_interrupted', message });
  }

  private silence(): ReplayFault {
    return {
      code: 'replay_unanswered',
      message: `${this.unanswered} dead letters were sent and are not answered for; see that the direction runs and is not paused.`,
    };
  }

  private end(state: StoredReplay['state'], error: ReplayFault | null): void {
    if (!this.isRunning) return;
    this.state = state;
    this.error = error;
    this.endedAtMs = this.now();
    this.resolveEnded();
  }
}
