import { parseRowKey } from '@rowbridge/change-event';
import type { ChangeDecoder, DecodedRecord, RawRecord, RowImage, RowKey } from '@rowbridge/change-event';
import { createMysqlSource, createPostgresSource } from '@rowbridge/database-access';
import type { SourceConnection, TargetAdministration } from '@rowbridge/database-access';
import { compareRecordSchema, deriveDirectionPlan } from '@rowbridge/mapping';
import type { DirectionPlan, PairDeclaration, TablePlan } from '@rowbridge/mapping';
import { processBatch } from '@rowbridge/pipeline';
import type { DirectionContext, PartitionState, TargetDatabase } from '@rowbridge/pipeline';
import { createMysqlTarget } from '@rowbridge/writer-mysql';
import { createPostgresTarget } from '@rowbridge/writer-postgres';

/** Why a row did not reach the target. */
export interface Refusal {
  readonly code: string;
  readonly message: string;
}

/** A direction over real databases, between a pair's side `from` and its side `into`. */
export interface TypeDirection {
  /** Carries the records of a whole topic; answers refusals by source key. */
  carry(records: readonly RawRecord[], decoder: ChangeDecoder): Promise<ReadonlyMap<RowKey, Refusal>>;
  /** Rows of the target as the next direction's source reads them, by label. */
  readonly target: TargetDatabase & TargetAdministration;
  readonly source: SourceConnection;
  readonly plan: DirectionPlan;
  close(): Promise<void>;
}

const recordsPerBatch = 50;

/** @param urls of the databases of the sides `from` and `into` */
export async function openTypeDirection(
  pair: PairDeclaration,
  urls: { readonly from: string; readonly into: string },
): Promise<TypeDirection> {
  const plan = deriveDirectionPlan(pair, 'from');
  const createSource = plan.source.engineFamily === 'postgres' ? createPostgresSource : createMysqlSource;
  const createTarget = plan.target.engineFamily === 'postgres' ? createPostgresTarget : createMysqlTarget;
  const pool = { maxOpen: 2 };
  const source = await createSource({ pool: { ...pool, url: urls.from }, plan, epoch: 1 });
  const target = await createTarget({ pool: { ...pool, url: urls.into }, plan, epoch: 1, logOrigin: false });
  await target.maintainLedger();
  return {
    plan,
    source,
    target,
    carry: (records, decoder) => carryRecords({ plan, source, target }, records, decoder),
    async close() {
      await Promise.all([source.close(), target.close()]);
    },
  };
}

async function carryRecords(
  { plan, source, target }: Pick<TypeDirection, 'plan' | 'source' | 'target'>,
  records: readonly RawRecord[],
  decoder: ChangeDecoder,
): Promise<ReadonlyMap<RowKey, Refusal>> {
  const [table] = plan.tables;
  if (!table) throw new Error('the pair has no table');
  const refusals = new Map<RowKey, Refusal>();
  const ignore = (): void => undefined;
  const context: DirectionContext = {
    plan,
    source,
    target,
    actingGuard: 'log_origin',
    deadLetters: {
      send: async (letters) => {
        for (const { record, errorCode, message } of letters) {
          refusals.set(serialKey(record), { code: errorCode, message });
        }
      },
    },
    decode: async (batch) => requireFit(table, await decoder.decode(batch)),
    stamping: { writes: false, deletes: false },
    retry: { maxAttempts: 1, initialDelayMs: 1, multiplier: 2, maxDelayMs: 1 },
    clock: { now: () => Date.now(), sleep: () => Promise.resolve() },
    observer: {
      recordSettled: ignore,
      batchCommitted: ignore,
      recordDeadLettered: ignore,
      echoLeaked: ignore,
      retrying: ignore,
      conflictSettled: ignore,
      lookSettled: ignore,
    },
  };
  let state: PartitionState = {
    topic: table.topic,
    partition: 0,
    nextOffset: null,
    highWater: { position: null, committedAtMs: 0 },
  };
  for (let first = 0; first < records.length; first += recordsPerBatch) {
    const batch = records.slice(first, first + recordsPerBatch);
    state = await processBatch({ table, records: batch, state, mayWait: false }, context);
  }
  return refusals;
}

/** As a direction's host does, which holds a record of another schema for outlived: none of these is. */
function requireFit(table: TablePlan, decoded: readonly DecodedRecord[]): readonly DecodedRecord[] {
  for (const record of decoded) {
    if (record.kind === 'ignored' || !record.schema) continue;
    const fit = compareRecordSchema(table, record.schema);
    if (fit.kind !== 'absorbed') throw new Error(fit.what);
  }
  return decoded;
}

/** The serial key of a record in the Avro wire format: five bytes of header, then a zig-zag number. */
function serialKey({ key }: RawRecord): RowKey {
  let zigZag = 0n;
  (key ?? new Uint8Array()).slice(5).forEach((byte, index) => {
    zigZag |= BigInt(byte & 0x7f) << BigInt(7 * index);
  });
  return String(zigZag >> 1n);
}

/** Every row of the direction's source, as it reads them for second looks: logical values by key. */
export async function readSourceRows(
  { plan, source }: TypeDirection,
  keys: readonly RowKey[],
): Promise<ReadonlyMap<RowKey, RowImage>> {
  const [table] = plan.tables;
  if (!table) throw new Error('the pair has no table');
  return source.readRows(
    table,
    keys.map((key) => parseRowKey(['id'], key)[0] as string),
  );
}
