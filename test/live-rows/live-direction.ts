import { createChangeDecoder, type RawRecord, type RowKey } from '@rowbridge/change-event';
import {
  createMysqlSource,
  createPostgresSource,
  type SourceConnection,
  type TargetAdministration,
} from '@rowbridge/database-access';
import { createRegistrySchemaSource, type KafkaConnection, type RecordConsumer } from '@rowbridge/kafka';
import { deriveDirectionPlan, type DirectionPlan, type PairDeclaration } from '@rowbridge/mapping';
import {
  processBatch,
  takeLooks,
  type ConflictRecord,
  type DeadLetter,
  type HandOver,
  type LookContext,
  type PartitionState,
  type TargetDatabase,
} from '@rowbridge/pipeline';
import { createMysqlTarget, defaultLogOriginServerId } from '@rowbridge/writer-mysql';
import { createPostgresTarget } from '@rowbridge/writer-postgres';

export interface LiveDirectionOptions {
  readonly pair: PairDeclaration;
  readonly sourceSide: string;
  /** Database urls by side name, of users that may read or write them. */
  readonly urls: Readonly<Record<string, string>>;
  readonly kafka: KafkaConnection;
  readonly registryUrl: string;
  /** Whether sync sessions can mark what they log, on either side; the source column guards where they cannot. */
  readonly logOrigin: { readonly source: boolean; readonly target: boolean };
}

interface LiveDatabases {
  readonly source: SourceConnection;
  readonly target: TargetDatabase & TargetAdministration;
}

/**
 * One direction of a pair on real databases and a real connector's records: the row's path as a service runs it, with
 * looks taken when the test says so. Whatever a look notes counts as passed: the test has seen to that.
 */
export class LiveDirection {
  readonly letters: DeadLetter[] = [];
  readonly conflicts: ConflictRecord[] = [];
  readonly handOvers: HandOver[] = [];
  /** Every outcome so far, as `entity operation outcome`. */
  readonly outcomes: string[] = [];
  /** Every record read so far. */
  readonly records: RawRecord[] = [];
  private readonly states = new Map<string, PartitionState>();
  private consumer: RecordConsumer | null = null;

  readonly plan: DirectionPlan;

  private constructor(
    private readonly options: LiveDirectionOptions,
    private readonly databases: LiveDatabases,
  ) {
    this.plan = deriveDirectionPlan(options.pair, options.sourceSide);
  }

  static async open(options: LiveDirectionOptions): Promise<LiveDirection> {
    const plan = deriveDirectionPlan(options.pair, options.sourceSide);
    const pool = (side: string): { url: string; maxOpen: number } => ({
      url: options.urls[side] ?? '',
      maxOpen: 4,
    });
    const createSource = plan.source.engineFamily === 'postgres' ? createPostgresSource : createMysqlSource;
    const createTarget = plan.target.engineFamily === 'postgres' ? createPostgresTarget : createMysqlTarget;
    const source = await createSource({ pool: pool(plan.source.name), plan, epoch: 1 });
    const target = await createTarget({
      pool: pool(plan.target.name),
      plan,
      epoch: 1,
      logOrigin: options.logOrigin.target,
    });
    await target.maintainLedger();
    return new LiveDirection(options, { source, target });
  }

  async start(): Promise<void> {
    this.consumer = await this.options.kafka.startConsumer({
      groupId: this.plan.consumerGroup,
      topics: this.plan.tables.map(({ topic }) => topic),
      maxWaitMs: 50,
      onCrash: () => undefined,
      onBatch: async (batch) => {
        this.records.push(...batch.records);
        await this.process(batch.records);
        batch.commit((batch.records.at(-1) as RawRecord).offset + 1n);
        return { kind: 'done' };
      },
    });
  }

  /** Settles records as the next of their partition, which all of them are of. */
  async process(records: readonly RawRecord[]): Promise<void> {
    const [first] = records;
    const table = this.plan.tables.find(({ topic }) => topic === first?.topic);
    if (!first || !table) return;
    const name = `${first.topic}/${first.partition}`;
    const state = this.states.get(name) ?? {
      topic: first.topic,
      partition: first.partition,
      nextOffset: null,
      highWater: { position: null, committedAtMs: 0 },
    };
    this.states.set(name, await processBatch({ table, records, state, mayWait: false }, this.context()));
  }

  /** One pass over the due looks of every table; answers how many keys are still listed. */
  async look(): Promise<number> {
    for (const table of this.plan.tables) await takeLooks(table, this.context(), true);
    const { byReason } = await this.databases.target.lookSummary(this.plan.name);
    return [...byReason.values()].reduce((sum, number) => sum + number, 0);
  }

  /** Lists keys as the reverse direction hands them over. */
  async takeOver(handOvers: readonly HandOver[]): Promise<void> {
    await this.databases.target.transaction(async ({ looks }) => {
      for (const { entity, key } of handOvers) {
        const table = this.plan.tables.find((candidate) => candidate.entity === entity);
        if (table) await looks.list(table, [lookOf(key)]);
      }
    });
  }

  /** Whether everything in the table topics is applied. */
  async hasCaughtUp(): Promise<boolean> {
    const applied = await this.databases.target.readAppliedOffsets(this.plan.name);
    for (const { topic } of this.plan.tables) {
      for (const { partition, low, high } of await this.options.kafka.admin.topicOffsets(topic)) {
        if (low !== high && (applied.get(`${topic}/${partition}`)?.nextOffset ?? 0n) < high) return false;
      }
    }
    return true;
  }

  async close(): Promise<void> {
    await this.consumer?.stop();
    await Promise.all([this.databases.source.close(), this.databases.target.close()]);
  }

  private context(): LookContext {
    const { plan, options } = this;
    const { source, target } = this.databases;
    const stamps = !options.logOrigin.source || !options.logOrigin.target;
    const marked = options.logOrigin.source && plan.source.engineFamily === 'mysql';
    const decoder = createChangeDecoder({
      schemas: createRegistrySchemaSource({ url: options.registryUrl }),
      connectors: [{ ...plan.source, epoch: 1, syncServerId: marked ? defaultLogOriginServerId : undefined }],
      inOrder: false,
    });
    const passed = { connectors: { source: '~', target: '~' }, topicEnds: {}, applied: {} };
    const ignore = (): void => undefined;
    return {
      plan,
      source,
      target,
      actingGuard: options.logOrigin.source ? 'log_origin' : 'source_column',
      deadLetters: { send: async (letters) => void this.letters.push(...letters) },
      decode: (records) => decoder.decode(records),
      stamping: { writes: stamps, deletes: stamps && !options.logOrigin.target },
      retry: { maxAttempts: 3, initialDelayMs: 1, multiplier: 2, maxDelayMs: 5 },
      clock: { now: () => Date.now(), sleep: () => Promise.resolve() },
      watch: { read: () => Promise.resolve(passed) },
      handOvers: { send: async (messages) => void this.handOvers.push(...messages) },
      lookBatchSize: 50,
      observer: {
        recordSettled: ({ table, outcome, event }) =>
          void this.outcomes.push(`${table.entity} ${event?.operation ?? 'none'} ${outcome}`),
        batchCommitted: ignore,
        recordDeadLettered: ignore,
        echoLeaked: ignore,
        retrying: ignore,
        conflictSettled: (conflict) => void this.conflicts.push(conflict),
        lookSettled: ignore,
      },
    };
  }
}

function lookOf(key: RowKey): {
  key: RowKey;
  reason: 'handed_over';
  blocked: false;
  targetDigest: null;
  dueAtMs: number;
} {
  return { key, reason: 'handed_over', blocked: false, targetDigest: null, dueAtMs: Date.now() };
}
