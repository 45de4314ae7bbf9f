import { createHash } from 'node:crypto';
import {
  formatSourcePosition,
  type ChangeEvent,
  type ChangeOperation,
  type DecodedRecord,
  type RawRecord,
  type RowImage,
} from '@rowbridge/change-event';
import {
  createPostgresSource,
  type SourceConnection,
  type TargetAdministration,
} from '@rowbridge/database-access';
import { deriveDirectionPlan, type DirectionPlan, type TablePlan } from '@rowbridge/mapping';
import {
  processBatch,
  takeLooks,
  type ActingGuard,
  type Clock,
  type ConflictRecord,
  type DeadLetter,
  type DirectionContext,
  type HandOver,
  type LookContext,
  type LookOutcome,
  type PartitionState,
  type TargetDatabase,
} from '@rowbridge/pipeline';
import { createDatabase, type TestDatabase } from '@rowbridge/testing';
import { createMysqlTarget } from '@rowbridge/writer-mysql';
import { pairFor, prepareDatabases } from './row-path-databases.js';

/** A change as a test states it; the harness gives it a place in the log. */
export interface StatedChange {
  readonly entity: string;
  readonly operation: ChangeOperation;
  readonly key: string;
  readonly before?: RowImage;
  readonly after?: RowImage;
  readonly snapshot?: ChangeEvent['snapshot'];
  /** The other key where the change is one half of a key change. */
  readonly movedFrom?: string;
  readonly movedTo?: string;
  /** Place in the log; the next one where left out. */
  readonly place?: number;
  readonly eventId?: string;
}

/** One direction over real databases, fed with decoded changes. */
export interface RowPath {
  readonly plan: DirectionPlan;
  /** What replicas of the direction share. */
  readonly target: TargetDatabase & TargetAdministration;
  tableOf(entity: string): TablePlan;
  /** No connector and no topic stands behind the tests: whatever a look notes has been passed. */
  lookContext(): LookContext;
  readonly letters: DeadLetter[];
  readonly outcomes: string[];
  /** The legacy database, which the direction reads, and the revamp database, which it writes. */
  readonly legacy: TestDatabase;
  readonly revamp: TestDatabase;
  /** Sends changes of one table as one batch and answers their outcomes in order. */
  send(...changes: readonly StatedChange[]): Promise<readonly string[]>;
  /** Takes one pass over the due second looks of an entity's table; everything counts as passed once it is noted. */
  look(entity: string): Promise<void>;
  /** Passes until nothing is due any more, at most ten. */
  settle(entity: string): Promise<void>;
  /** The row's path itself; decodes every record sent so far, in any order. */
  pathContext(): DirectionContext;
  readonly handOvers: HandOver[];
  readonly conflicts: ConflictRecord[];
  readonly lookOutcomes: LookOutcome[];
  /** Reads with `rowbridge` standing for this test's own rows: binds nothing, for checks only. */
  lookReasons(): Promise<readonly string[]>;
  close(): Promise<void>;
}

export interface RowPathOptions {
  readonly actingGuard?: ActingGuard;
  /** Default the system's, whose sleeps take no time. */
  readonly clock?: Clock;
  /** How the revamp's server compares the key of `labels`; byte for byte where left out. */
  readonly labelCollation?: string;
  /** Superuser url of a MySQL 8 that holds the revamp; the shared MariaDB does where left out. */
  readonly mysql8Url?: string;
}

/** legacy → revamp on databases of its own, under a direction name of its own. */
export async function openRowPath({
  actingGuard = 'log_origin',
  clock = { now: () => Date.now(), sleep: () => Promise.resolve() },
  labelCollation = 'utf8mb4_bin',
  mysql8Url,
}: RowPathOptions = {}): Promise<RowPath> {
  const [legacy, revamp] = await Promise.all([
    createDatabase('postgres'),
    createDatabase('mariadb', mysql8Url === undefined ? {} : { serverUrl: mysql8Url }),
  ]);
  const revampSchema = mysql8Url === undefined ? 'revamp/mariadb' : 'revamp/mysql';
  await prepareDatabases(legacy, revamp, { labelCollation, revampSchema });
  const pair = pairFor(revamp.name);
  const plan = deriveDirectionPlan(pair, 'legacy');
  const source = await createPostgresSource({ pool: { url: legacy.url, maxOpen: 4 }, plan, epoch: 1 });
  const target = await createMysqlTarget({
    pool: { url: revamp.url, maxOpen: 4 },
    plan,
    epoch: 1,
    logOrigin: mysql8Url === undefined,
  });
  await target.maintainLedger();
  return new TestedRowPath({ plan, legacy, revamp, source, target, actingGuard, clock });
}

interface TestedParts {
  readonly plan: DirectionPlan;
  readonly legacy: TestDatabase;
  readonly revamp: TestDatabase;
  readonly source: SourceConnection;
  readonly target: TargetDatabase & TargetAdministration;
  readonly actingGuard: ActingGuard;
  readonly clock: Clock;
}

class TestedRowPath implements RowPath {
  readonly letters: DeadLetter[] = [];
  readonly handOvers: HandOver[] = [];
  readonly conflicts: ConflictRecord[] = [];
  readonly lookOutcomes: LookOutcome[] = [];
  outcomes: string[] = [];
  readonly plan: DirectionPlan;
  readonly legacy: TestDatabase;
  readonly revamp: TestDatabase;
  readonly target: TargetDatabase & TargetAdministration;
  private place = 0;
  private readonly states = new Map<string, PartitionState>();
  private readonly sent = new Map<string, DecodedRecord>();

  constructor(private readonly parts: TestedParts) {
    ({ plan: this.plan, legacy: this.legacy, revamp: this.revamp, target: this.target } = parts);
  }

  async send(...changes: readonly StatedChange[]): Promise<readonly string[]> {
    const table = this.tableOf(changes[0]?.entity ?? '');
    const state = this.states.get(table.topic) ?? {
      topic: table.topic,
      partition: 0,
      nextOffset: null,
      highWater: { position: null, committedAtMs: 0 },
    };
    const firstOffset = state.nextOffset ?? 0n;
    const decoded = changes.map((change, index) => this.decode(table, change, firstOffset + BigInt(index)));
    for (const entry of decoded) this.sent.set(placeOf(entry.record), entry);
    this.outcomes = [];
    try {
      const next = await processBatch(
        { table, records: decoded.map(({ record }) => record), state, mayWait: false },
        this.pathContext(),
      );
      this.states.set(table.topic, next);
    } catch (error) {
      // As a runner does: what was committed before the fault is in the target.
      const applied = (await this.parts.target.readAppliedOffsets(this.plan.name)).get(`${table.topic}/0`);
      if (applied) this.states.set(table.topic, { ...state, ...applied });
      throw error;
    }
    return this.outcomes;
  }

  async look(entity: string): Promise<void> {
    await takeLooks(this.tableOf(entity), this.lookContext(), true);
  }

  async settle(entity: string): Promise<void> {
    for (let pass = 0; pass < 10; pass += 1) {
      const [due] = await this.revamp.run(
        `select count(*) as number from rowbridge.second_looks where direction = '${this.plan.name}' and due_at_ms <= ${Date.now()}`,
      );
      if (Number(due?.['number']) === 0) return;
      await this.look(entity);
    }
  }

  async lookReasons(): Promise<readonly string[]> {
    const rows = await this.revamp.run(
      `select reason from rowbridge.second_looks where direction = '${this.plan.name}' order by row_key`,
    );
    return rows.map((row) => String(row['reason']));
  }

  async close(): Promise<void> {
    await Promise.all([this.parts.source.close(), this.parts.target.close()]);
    await Promise.all([this.legacy.drop(), this.revamp.drop()]);
  }

  tableOf(entity: string): TablePlan {
    const table = this.plan.tables.find((candidate) => candidate.entity.startsWith(`${entity}-`));
    if (!table) throw new Error('no such entity');
    return table;
  }

  lookContext(): LookContext {
    const passed = { connectors: { source: '~', target: '~' }, topicEnds: {}, applied: {} };
    return {
      ...this.pathContext(),
      watch: { read: () => Promise.resolve(passed) },
      handOvers: { send: async (messages) => void this.handOvers.push(...messages) },
      lookBatchSize: 50,
    };
  }

  pathContext(): DirectionContext {
    const { plan, source, target, actingGuard, clock } = this.parts;
    const ignore = (): void => undefined;
    return {
      plan,
      source,
      target,
      actingGuard,
      deadLetters: { send: async (letters) => void this.letters.push(...letters) },
      decode: async (records) =>
        records.map((record) => ({ ...(this.sent.get(placeOf(record)) as DecodedRecord), record })),
      stamping: { writes: true, deletes: false },
      retry: { maxAttempts: 3, initialDelayMs: 1, multiplier: 2, maxDelayMs: 5 },
      clock,
      observer: {
        recordSettled: ({ outcome }) => void this.outcomes.push(outcome),
        batchCommitted: ignore,
        recordDeadLettered: ignore,
        echoLeaked: ignore,
        retrying: ignore,
        conflictSettled: (conflict) => void this.conflicts.push(conflict),
        lookSettled: ({ outcome }) => void this.lookOutcomes.push(outcome),
      },
    };
  }

  private decode(table: TablePlan, change: StatedChange, offset: bigint): DecodedRecord {
    const place = change.place ?? (this.place += 1);
    this.place = Math.max(this.place, place);
    const record: RawRecord = {
      topic: table.topic,
      partition: 0,
      offset,
      timestampMs: place,
      key: Buffer.from(change.key),
      value: Buffer.from(`place ${place}`),
      headers: [],
    };
    const position = formatSourcePosition({ epoch: 1, major: BigInt(place), middle: 0n, minor: 0 });
    const snapshot = change.snapshot ?? 'live';
    const event: ChangeEvent = {
      eventId: change.eventId ?? this.eventIdAt(place, change.key),
      operation: change.operation,
      snapshot,
      connector: table.source.side.topicPrefix,
      schema: table.source.schema,
      table: table.source.table,
      key: change.key,
      before: change.before ?? null,
      after: change.after ?? null,
      position,
      commitPosition: snapshot === 'live' ? position : null,
      committedAtMs: place,
      estimatedCommitMs: Date.now(),
      movedFrom: change.movedFrom ?? null,
      movedTo: change.movedTo ?? null,
      traceparent: null,
    };
    return { kind: 'change', record, event };
  }

  /** Prefix: time, as the ledger's partitions want it; the rest differs by harness, place and key. */
  private eventIdAt(place: number, key: string): string {
    const time = Date.now().toString(16).padStart(12, '0');
    const digits = createHash('sha256').update(`${this.plan.name}/${place}/${key}`).digest('hex');
    return `${time.slice(0, 8)}-${time.slice(8)}-8${digits.slice(0, 3)}-8${digits.slice(3, 6)}-${digits.slice(6, 18)}`;
  }
}

function placeOf({ topic, offset }: RawRecord): string {
  return `${topic}/${offset}`;
}
