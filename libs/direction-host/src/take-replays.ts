import type { RawRecord } from '@rowbridge/change-event';
import type { ReplayReply } from '@rowbridge/control-protocol';
import { RowbridgeError } from '@rowbridge/errors';
import type { DirectionPlan, TablePlan } from '@rowbridge/mapping';
import {
  passReplays,
  relistLooks,
  replayBatch,
  type DirectionContext,
  type PartitionState,
} from '@rowbridge/pipeline';
import { readReplayRequest, type ReadRequest, type ReplayRequest } from './replay-request.js';

export interface ReplayIntake {
  readonly plan: DirectionPlan;
  /** The row's path; its decoder takes records in any order. */
  readonly context: DirectionContext;
  readonly isTablePaused: (entity: string) => boolean;
  /** Where the target stands on the partition of replays. */
  readonly loadState: () => Promise<PartitionState>;
  /** Resolves when the broker has the answers. */
  readonly reply: (answers: readonly ReplayReply[]) => Promise<void>;
  /** Told of records nobody can be answered for; names places, no content. */
  readonly warn: (message: string) => void;
}

/**
 * Runs dead letters through the row's path again, in the order they come, and answers for each what became of it. An
 * answer follows the commit it tells of, so one that is lost with the process is found out by asking again: what was
 * applied is a duplicate then.
 */
export async function takeReplays(
  records: readonly RawRecord[],
  state: PartitionState,
  intake: ReplayIntake,
): Promise<PartitionState> {
  const requests = records.map((record) => readReplayRequest(record, intake.plan));
  const taking = new TakingReplays(intake);
  let current = state;
  try {
    for (const run of runsOf(requests)) current = await taking.settle(run, current);
  } finally {
    await intake.reply(taking.answers);
  }
  return current;
}

/** Neighbours that can be settled in one transaction: of one kind, one table, and all in earnest or none. */
function runsOf(requests: readonly ReadRequest[]): readonly (readonly ReadRequest[])[] {
  const runs: ReadRequest[][] = [];
  for (const request of requests) {
    const last = runs.at(-1)?.at(-1);
    if (last && kindOf(last) === kindOf(request)) runs.at(-1)?.push(request);
    else runs.push([request]);
  }
  return runs;
}

function kindOf(read: ReadRequest): string {
  if (read.kind === 'change' || read.kind === 'look') {
    return `${read.kind} ${read.table.entity} ${read.request.rehearse}`;
  }
  return read.kind;
}

class TakingReplays {
  readonly answers: ReplayReply[] = [];
  private readonly answered = new Set<RawRecord>();

  constructor(private readonly intake: ReplayIntake) {}

  async settle(run: readonly ReadRequest[], state: PartitionState): Promise<PartitionState> {
    const [first] = run;
    if (!first) return state;
    if (first.kind === 'refused' || first.kind === 'stranger') return this.refuse(run, state);
    const { table } = first;
    if (!first.request.rehearse && this.intake.isTablePaused(table.entity)) {
      const error = new RowbridgeError('table_paused', `The table ${table.entity} is paused by an operator`);
      return this.pass(requestsOf(run), state, error);
    }
    try {
      return first.kind === 'look'
        ? await this.relist(run, table, state)
        : await this.replay(run, table, state);
    } catch (error) {
      if (!(error instanceof RowbridgeError) || error.disposition !== 'pause_table') throw error;
      return this.settleSingly(run, error);
    }
  }

  private async replay(
    run: readonly ReadRequest[],
    table: TablePlan,
    state: PartitionState,
  ): Promise<PartitionState> {
    const replays = requestsOf(run);
    const rehearse = replays[0]?.rehearse === true;
    return replayBatch({ table, replays, state, rehearse }, this.intake.context, (verdict) => {
      const { outcome, fault } = verdict;
      this.answer(
        verdict.replay as ReplayRequest,
        fault ? { outcome: null, fault } : { outcome, fault: null },
      );
    });
  }

  private async relist(
    run: readonly ReadRequest[],
    table: TablePlan,
    state: PartitionState,
  ): Promise<PartitionState> {
    const replays = requestsOf(run);
    const rehearse = replays[0]?.rehearse === true;
    const keys = run.flatMap((read) => (read.kind === 'look' ? [read.key] : []));
    const next = await relistLooks({ table, replays, state, rehearse }, this.intake.context, keys);
    for (const request of replays) this.answer(request, { outcome: 'deferred', fault: null });
    return next;
  }

  /** A table that waits for its schema fails its own replays; those of other tables do not wait behind it. */
  private async settleSingly(run: readonly ReadRequest[], error: RowbridgeError): Promise<PartitionState> {
    let state = await this.intake.loadState();
    const open = run.filter(({ request }) => !this.answered.has(request.carrier));
    const [only] = open;
    if (only && open.length === 1) return this.pass(requestsOf(open), state, error);
    for (const request of open) state = await this.settle([request], state);
    return state;
  }

  private async refuse(run: readonly ReadRequest[], state: PartitionState): Promise<PartitionState> {
    const next = await passReplays(
      { replays: run.map(({ request }) => request), state },
      this.intake.context,
    );
    for (const read of run) {
      if (read.kind === 'refused') this.answerFault(read.request, read.error);
      if (read.kind === 'stranger') {
        const { topic, partition, offset } = read.request.carrier;
        this.intake.warn(`${topic}[${partition}] offset ${offset} does not say who asked for it: passed by`);
      }
    }
    return next;
  }

  private async pass(
    requests: readonly ReplayRequest[],
    state: PartitionState,
    error: RowbridgeError,
  ): Promise<PartitionState> {
    const next = await passReplays({ replays: requests, state }, this.intake.context);
    for (const request of requests) this.answerFault(request, error);
    return next;
  }

  private answerFault(request: ReplayRequest, { code, message }: RowbridgeError): void {
    this.answer(request, { outcome: null, fault: { code, message } });
  }

  private answer(request: ReplayRequest, verdict: Pick<ReplayReply, 'outcome' | 'fault'>): void {
    const { plan, context } = this.intake;
    const { requestId, deadLetterId, rehearse } = request;
    this.answered.add(request.carrier);
    this.answers.push({
      requestId,
      deadLetterId,
      direction: plan.name,
      dryRun: rehearse,
      ...verdict,
      answeredAtMs: context.clock.now(),
    });
  }
}

function requestsOf(run: readonly ReadRequest[]): readonly ReplayRequest[] {
  return run.flatMap((read) => (read.kind === 'stranger' ? [] : [read.request]));
}
