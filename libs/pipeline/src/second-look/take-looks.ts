import type { RowKey } from '@rowbridge/change-event';
import { RowbridgeError } from '@rowbridge/errors';
import type { TablePlan } from '@rowbridge/mapping';
import { rowDigest } from '../decisions/row-digest.js';
import type { DirectionContext, LookOutcome } from '../direction-context.js';
import { valueRefusal } from '../isolate-faults.js';
import type { ConflictRecord, LookEntry, TargetTransaction } from '../ports.js';
import { readLookedAt, type LookedAt } from './looked-at-rows.js';
import {
  connectorsPassed,
  directionsPassed,
  formatNotedState,
  parseNotedState,
  type NotedState,
  type SettlementHorizon,
  type SettlementWatch,
} from './noted-state.js';
import { settleLooks } from './settle-looks.js';

/** Asks the reverse direction to take a second look at rows of its source. Resolves when the broker has them. */
export interface HandOverSink {
  send(messages: readonly HandOver[]): Promise<void>;
}

export interface HandOver {
  readonly direction: string;
  readonly entity: string;
  /** The key in the reverse direction's source, which is this direction's target. */
  readonly key: string;
}

export interface LookContext extends DirectionContext {
  readonly watch: SettlementWatch;
  readonly handOvers: HandOverSink;
  /** Keys a pass takes at most; small, so that their rows are not locked long. */
  readonly lookBatchSize: number;
}

/** What a pass committed; told to the observer only then. */
export interface LookPass {
  readonly outcomes: LookOutcome[];
  readonly conflicts: ConflictRecord[];
  /** Entries that wait for the horizon to move. */
  waiting: number;
}

/**
 * One pass over the due second looks of a table: notes what was just listed, decides what both directions have passed.
 * @param awaited whether the last pass left entries waiting: only then the horizon is read
 * @returns how many entries wait
 */
export async function takeLooks(table: TablePlan, context: LookContext, awaited: boolean): Promise<number> {
  const horizon = awaited ? await context.watch.read(table) : null;
  try {
    return await runPass({ table, context, horizon, limit: context.lookBatchSize, taken: [] });
  } catch (error) {
    if (!(error instanceof RowbridgeError) || !concernsOneRow(error)) throw error;
    return isolateLook({ table, context, horizon, limit: 1, taken: [] });
  }
}

interface Pass {
  readonly table: TablePlan;
  readonly context: LookContext;
  readonly horizon: SettlementHorizon | null;
  readonly limit: number;
  /** Keys the pass took, filled as it takes them. */
  readonly taken: RowKey[];
}

function concernsOneRow(error: RowbridgeError): boolean {
  return ['defer_key', 'dead_letter', 'dead_letter_after_attempts'].includes(error.disposition);
}

/** One of a batch's rows is at fault: takes the oldest alone, and puts it off if it is the one. */
async function isolateLook(pass: Pass): Promise<number> {
  try {
    return Math.max(1, await runPass(pass));
  } catch (error) {
    if (!(error instanceof RowbridgeError) || !concernsOneRow(error)) throw error;
    await pass.context.target.transaction(async (transaction) => {
      const [entry] = await transaction.looks.takeDue(pass.table, {
        nowMs: pass.context.clock.now(),
        limit: 1,
      });
      // Another replica may have given an older entry back meanwhile: that one is not at fault.
      if (entry && pass.taken.includes(entry.key)) await ruleOnFault(pass, { transaction, entry, error });
    });
    return 1;
  }
}

/** A constraint that may give way puts the entry off; a value the target cannot hold makes it a dead letter. */
async function ruleOnFault(
  { table, context }: Pass,
  { transaction, entry, error }: { transaction: TargetTransaction; entry: LookEntry; error: RowbridgeError },
): Promise<void> {
  const mayPass =
    error.disposition === 'defer_key' ||
    (error.disposition === 'dead_letter_after_attempts' && entry.attempts < context.retry.maxAttempts);
  if (mayPass) {
    const reason = isObstacle(error.code) ? error.code : entry.reason;
    await transaction.looks.save(table, [{ ...postpone(entry, context), reason }]);
    return;
  }
  const fault = await context.tableFaultBehind?.(table, valueRefusal(error));
  if (fault) throw fault;
  await deadLetterLook(context, { table, entry, errorCode: error.code, message: error.message });
  await transaction.looks.close(table, [entry.key]);
}

function isObstacle(
  errorCode: string,
): errorCode is 'children_remain' | 'missing_parent' | 'unique_value_held' {
  return ['children_remain', 'missing_parent', 'unique_value_held'].includes(errorCode);
}

export async function deadLetterLook(
  context: LookContext,
  {
    table,
    entry,
    errorCode,
    message,
  }: { table: TablePlan; entry: LookEntry; errorCode: string; message: string },
): Promise<void> {
  const record = {
    topic: table.topic,
    partition: 0,
    offset: -1n,
    timestampMs: context.clock.now(),
    key: Buffer.from(JSON.stringify({ entity: table.entity, key: entry.key })),
    value: null,
    headers: [],
  };
  await context.deadLetters.send([
    { record, eventId: null, errorCode, message, stage: 'second_look', attempts: entry.attempts + 1 },
  ]);
  context.observer.recordDeadLettered({ table: table.entity, errorCode, message });
}

async function runPass(pass: Pass): Promise<number> {
  const { table, context, horizon } = pass;
  const done: LookPass = { outcomes: [], conflicts: [], waiting: 0 };
  await context.target.transaction(async (transaction) => {
    const entries = await transaction.looks.takeDue(table, { nowMs: context.clock.now(), limit: pass.limit });
    if (entries.length === 0) return;
    pass.taken.push(...entries.map(({ key }) => key));
    const ready: LookEntry[] = [];
    const listed: LookEntry[] = [];
    const moved: LookEntry[] = [];
    for (const entry of entries) {
      if (entry.phase === 'listed' || entry.noted === null) listed.push(entry);
      else if (horizon === null) done.waiting += 1;
      else {
        const next = passHorizon(entry, parseNotedState(entry.noted), horizon);
        if (next === 'ready') ready.push(entry);
        else if (next) moved.push(next);
        else done.waiting += 1;
      }
    }
    done.waiting += listed.length + moved.length;
    if (moved.length > 0) await transaction.looks.save(table, moved);
    if (listed.length > 0) await note({ table, context, transaction }, listed);
    if (ready.length > 0) await settleLooks({ table, context, transaction, done }, ready);
  });
  for (const outcome of done.outcomes) context.observer.lookSettled({ table: table.entity, outcome });
  for (const conflict of done.conflicts) context.observer.conflictSettled(conflict);
  return done.waiting;
}

/** Moves an entry on as far as the horizon allows: `ready` to decide, its next state, or null to wait. */
function passHorizon(
  entry: LookEntry,
  noted: NotedState,
  horizon: SettlementHorizon,
): 'ready' | LookEntry | null {
  if (entry.phase === 'noted' && !connectorsPassed(noted.logEnds, horizon)) return null;
  const topicEnds = noted.topicEnds ?? horizon.topicEnds;
  if (directionsPassed(topicEnds, horizon)) return 'ready';
  if (entry.phase === 'drained') return null;
  return { ...entry, phase: 'drained', noted: formatNotedState({ ...noted, topicEnds }) };
}

/** First step of a look: the target rows, locked, and then the ends of both logs. */
async function note(
  { table, context, transaction }: { table: TablePlan; context: LookContext; transaction: TargetTransaction },
  entries: readonly LookEntry[],
): Promise<void> {
  const rows = await readLookedAt({ table, context, transaction }, entries);
  // Nothing comes back from the target of a one-way table: there is nothing to wait for.
  const logEnds = {
    source: await context.source.readLogEnd(),
    target: table.oneWay ? '' : await context.target.readLogEnd(),
  };
  await transaction.looks.save(
    table,
    rows.map((row): LookEntry => ({
      ...row.entry,
      phase: 'noted',
      noted: formatNotedState({
        targetKey: row.twinKey,
        targetDigest: targetDigestOf(table, row),
        logEnds,
        topicEnds: null,
      }),
    })),
  );
}

export function targetDigestOf(table: TablePlan, { target }: LookedAt): string | null {
  return (
    target &&
    rowDigest(
      table.columns.map((column) => column.target),
      target.row,
    )
  );
}

/** The entry looked at anew after a growing while: 0.25 s, doubling, at most 30 s. */
export function postpone(entry: LookEntry, { clock }: Pick<LookContext, 'clock'>): LookEntry {
  const delayMs = Math.min(250 * 2 ** Math.min(entry.attempts, 10), 30_000);
  return {
    ...entry,
    phase: 'listed',
    noted: null,
    attempts: entry.attempts + 1,
    dueAtMs: clock.now() + delayMs,
  };
}

/** The entry looked at anew at once. */
export function lookAgain(entry: LookEntry, { clock }: Pick<LookContext, 'clock'>): LookEntry {
  return { ...entry, phase: 'listed', noted: null, attempts: entry.attempts + 1, dueAtMs: clock.now() };
}
