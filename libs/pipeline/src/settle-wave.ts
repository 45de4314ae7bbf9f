import type { RowImage, RowKey } from '@rowbridge/change-event';
import type { RecordOutcome } from '@rowbridge/errors';
import { mapImage, parentsOf, type MappedImage } from '@rowbridge/mapping';
import type { Candidate } from './batch-entry.js';
import type { BatchWork } from './batch-work.js';
import type { ChangeChain } from './decisions/collapse-chains.js';
import { compareChange, type ChangeDecision } from './decisions/compare-change.js';
import { rowDigest } from './decisions/row-digest.js';
import { formatStamp } from './decisions/sync-stamp.js';
import { findNaturalTwins } from './natural-twins.js';
import { RecordsRefused } from './records-refused.js';
import { RelativesAwaited } from './relatives-awaited.js';
import { isMove, takeMoves } from './take-moves.js';
import { ownKeys, standingOwners } from './twin-owners.js';
import { claimUniqueValues } from './unique-values.js';

type Chain = ChangeChain<Candidate>;

/** A chain with its images carried over and the twin it meets. */
export interface PreparedChain {
  readonly chain: Chain;
  readonly before: MappedImage | null;
  readonly after: MappedImage | null;
  readonly twinKey: RowKey | null;
  /** Looked for by natural key, and no target row holds it. */
  readonly naturalKeyIsFree: boolean;
}

export interface DecidedChain extends PreparedChain {
  readonly target: { readonly key: RowKey; readonly row: RowImage } | null;
  decision: ChangeDecision;
}

/**
 * Compares the chains of a wave with the locked target rows and writes those that are certain. Everything else is
 * deferred to a second look.
 * @throws RecordsRefused naming the entries the mapping cannot carry; nothing of the transaction may be committed then
 */
export async function settleWave(work: BatchWork, wave: readonly Chain[]): Promise<void> {
  await takeMoves(work, wave.filter(isMove));
  const open = wave.filter((chain) => !isMove(chain) && !deferredEarlier(work, chain));
  const prepared = await prepare(work, open);
  const decided = await compare(work, prepared);
  refuse(decided);
  awaitParents(work, decided);
  await claimUniqueValues(work, decided);
  await write(work, decided);
  for (const chain of decided) settle(work, chain);
}

/** I7: once a key awaits a second look, its later changes in the batch do not write either. */
function deferredEarlier({ progress }: BatchWork, chain: Chain): boolean {
  const look = progress.looks.get(chain.key);
  if (!look) return false;
  for (const { entry } of chain.items) progress.defer(entry, chain.key, look);
  return true;
}

async function prepare(work: BatchWork, wave: readonly Chain[]): Promise<readonly PreparedChain[]> {
  const { table, twins, transaction } = work;
  const parents = new Map<string, Set<RowKey>>();
  for (const { before, after } of wave) {
    for (const image of [before, after]) {
      for (const { entity, sourceKey } of image ? parentsOf(table, image) : []) {
        parents.set(entity, (parents.get(entity) ?? new Set()).add(sourceKey));
      }
    }
  }
  for (const [entity, keys] of parents) await twins.resolve(entity, keys);
  const prepared = wave.map((chain) => ({
    chain,
    before: chain.before && mapImage(table, chain.before, twins.lookup),
    after: chain.after && mapImage(table, chain.after, twins.lookup),
    twinKey: twins.lookup(table.entity, chain.key) ?? null,
  }));
  const natural = await findNaturalTwins({ table, transaction, source: work.context.source }, prepared);
  return prepared.map((chain) => ({
    ...chain,
    twinKey: chain.twinKey ?? natural.twins.get(chain.chain.key) ?? null,
    naturalKeyIsFree: natural.free.has(chain.chain.key),
  }));
}

async function compare(
  work: BatchWork,
  prepared: readonly PreparedChain[],
): Promise<readonly DecidedChain[]> {
  const { table, twins } = work;
  const { rows, shared } = await readTargets(work, prepared);
  const columns = table.columns.map((column) => column.target);
  const passedOn = await linksPassedOn(work, prepared);
  return prepared.map((chain): DecidedChain => {
    const { last, key } = chain.chain;
    const targetKey = chain.twinKey ?? (shared.has(key) ? key : null);
    const row = targetKey === null ? undefined : rows.get(targetKey);
    const target = targetKey !== null && row ? { key: targetKey, row } : null;
    const linked = twins.lookup(table.entity, key) !== undefined;
    const decision = compareChange({
      isSnapshotRead: last.operation === 'read',
      before: chain.before,
      after: chain.after,
      columns,
      target,
      // A key both sides share that is given anew after its row was deleted begins a life of its own.
      twinKey: table.sharesKeys && chain.chain.items[0]?.afterDeletion === true ? null : chain.twinKey,
      insertKey: table.sharesKeys ? key : null,
      oneWay: table.oneWay,
      maySeed:
        table.seedsTarget &&
        last.snapshot === 'initial' &&
        !linked &&
        work.progress.versions.get(key)?.deleted !== true,
    });
    const isPassedOn = passedOn.has(key) && decision.kind !== 'refuse';
    const deferred: ChangeDecision = { kind: 'defer', reason: 'delete_origin_differs', blocked: false };
    return { ...chain, target, decision: isPassedOn ? deferred : asRuled(chain.chain, decision) };
  });
}

/** The target rows of the chains, locked; where both sides share their keys, also those that a key alone names. */
async function readTargets(
  { context, table, transaction }: BatchWork,
  prepared: readonly PreparedChain[],
): Promise<{ rows: ReadonlyMap<RowKey, RowImage>; shared: ReadonlySet<RowKey> }> {
  const twinKeys = prepared.flatMap(({ twinKey }) => twinKey ?? []);
  const unlinked = table.sharesKeys
    ? prepared.filter(({ twinKey }) => twinKey === null).map(({ chain }) => chain.key)
    : [];
  const keys = [...new Set([...twinKeys, ...unlinked])];
  const rows =
    keys.length > 0 ? await transaction.rows.readForUpdate(table, keys) : new Map<RowKey, RowImage>();
  const reading = { table, transaction, source: context.source };
  return {
    rows,
    shared: await ownKeys(
      reading,
      unlinked.filter((key) => rows.has(key)),
    ),
  };
}

/**
 * A write that the target refused in an earlier attempt waits for what stands in its way. It was certain, and the entry
 * notes the row it was certain of: nobody disputes it while that row stands.
 */
function asRuled({ items }: Chain, decision: ChangeDecision): ChangeDecision {
  const ruling = items.at(-1)?.entry.ruling;
  const isWrite = decision.kind === 'insert' || decision.kind === 'update' || decision.kind === 'delete';
  if (ruling?.kind !== 'deferred' || !isWrite) return decision;
  return { kind: 'defer', reason: ruling.reason, blocked: ruling.blocked };
}

/** Deleted source rows whose twin is linked to another source row that stands: not theirs to delete any more. */
async function linksPassedOn(
  { context, table, transaction }: BatchWork,
  prepared: readonly PreparedChain[],
): Promise<ReadonlySet<RowKey>> {
  const deletes = prepared.flatMap(({ chain, twinKey }) =>
    chain.after === null && twinKey !== null ? [{ key: chain.key, twinKey }] : [],
  );
  const reading = { table, transaction, source: context.source };
  const owners = await standingOwners(reading, [...new Set(deletes.map(({ twinKey }) => twinKey))]);
  return new Set(
    deletes.flatMap(({ key, twinKey }) =>
      [...(owners.get(twinKey) ?? [])].some((owner) => owner !== key) ? [key] : [],
    ),
  );
}

function refuse(decided: readonly DecidedChain[]): void {
  const refusals = decided.flatMap(({ chain, decision }) =>
    decision.kind === 'refuse'
      ? [
          {
            entries: chain.items.map((item) => item.entry),
            errorCode: decision.errorCode,
            message: decision.message,
          },
        ]
      : [],
  );
  if (refusals.length > 0) throw new RecordsRefused(refusals);
}

/** A parent that another partition carries is a moment away: the batch is tried again before its child is listed. */
function awaitParents({ mayWait }: BatchWork, decided: readonly DecidedChain[]): void {
  const isMissing = ({ decision }: DecidedChain): boolean =>
    decision.kind === 'defer' && decision.reason === 'missing_parent';
  if (mayWait && decided.some(isMissing)) throw new RelativesAwaited();
}

async function write(work: BatchWork, decided: readonly DecidedChain[]): Promise<void> {
  const { table, transaction, context } = work;
  const { rows } = transaction;
  const columns = table.columns.map((column) => column.target);
  const stamp = (chain: DecidedChain, content: string): string =>
    formatStamp({ direction: table.direction, position: chain.chain.last.position, content });
  const contentStamp = (chain: DecidedChain, values: RowImage): string | null =>
    context.stamping.writes
      ? stamp(chain, rowDigest(columns, chain.target ? { ...chain.target.row, ...values } : values))
      : null;

  const removals = decided.flatMap((chain) =>
    chain.decision.kind === 'delete'
      ? [{ key: chain.decision.key, stamp: context.stamping.deletes ? stamp(chain, 'deleted') : null }]
      : [],
  );
  if (removals.length > 0) await rows.remove(table, removals);

  const updates = decided.flatMap((chain) =>
    chain.decision.kind === 'update'
      ? [
          {
            key: chain.decision.key,
            values: chain.decision.values,
            stamp: contentStamp(chain, chain.decision.values),
          },
        ]
      : [],
  );
  if (updates.length > 0) await rows.update(table, updates);

  const inserting = decided.filter((chain) => chain.decision.kind === 'insert');
  const inserts = inserting.flatMap((chain) =>
    chain.decision.kind === 'insert'
      ? [
          {
            key: chain.decision.key,
            values: chain.decision.values,
            stamp: contentStamp(chain, chain.decision.values),
          },
        ]
      : [],
  );
  const insertedKeys = inserts.length > 0 ? await rows.insert(table, inserts) : [];

  await recordLinks(work, decided, insertedKeys);
}

/** @param insertedKeys target keys of the inserted chains, in their order */
async function recordLinks(
  { table, transaction, twins }: BatchWork,
  decided: readonly DecidedChain[],
  insertedKeys: readonly RowKey[],
): Promise<void> {
  // Two sides that share keys need links to tell a deleted row from one that never came; one side that always wins does not.
  if (table.oneWay && table.sharesKeys) return;
  const inserting = decided.filter(({ decision }) => decision.kind === 'insert');
  const links = inserting.map((chain, index) => ({
    sourceKey: chain.chain.key,
    targetKey: insertedKeys[index] as RowKey,
  }));
  for (const chain of decided) {
    const { kind } = chain.decision;
    const recognised = (kind === 'leave' || kind === 'update') && chain.target !== null;
    if (recognised && twins.lookup(table.entity, chain.chain.key) === undefined) {
      links.push({ sourceKey: chain.chain.key, targetKey: chain.target.key });
    }
  }
  if (links.length > 0) await transaction.identities.link(table.entity, links);
  for (const { sourceKey, targetKey } of links) twins.learn(table.entity, sourceKey, targetKey);
}

function settle({ progress, table }: BatchWork, { chain, decision, target }: DecidedChain): void {
  const columns = table.columns.map((column) => column.target);
  for (const { entry } of chain.items) {
    if (decision.kind === 'defer') {
      const targetDigest = target && rowDigest(columns, target.row);
      progress.defer(entry, chain.key, { reason: decision.reason, blocked: decision.blocked, targetDigest });
    } else {
      progress.settle(entry, outcomeOf(decision));
    }
  }
}

function outcomeOf(decision: Exclude<ChangeDecision, { kind: 'defer' }>): RecordOutcome {
  switch (decision.kind) {
    case 'insert':
    case 'update':
    case 'delete':
      return 'applied';
    case 'leave':
      return decision.outcome;
    case 'refuse':
      return 'dead_lettered';
  }
}
