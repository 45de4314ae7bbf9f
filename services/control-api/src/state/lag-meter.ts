import type { KafkaAdmin } from '@rowbridge/kafka';
import type { DirectionPlan } from '@rowbridge/mapping';
import type { Logger } from '@rowbridge/observability';
import { askDependency, dependencyProblem, RequestProblem } from '../http/request-problem.js';
import { findOldestRecords } from './oldest-record.js';

export interface LagMeterOptions {
  readonly plans: readonly DirectionPlan[];
  /** Next offset a direction has to apply, by `<topic>/<partition>`. @throws RequestProblem naming what is down */
  readonly readApplied: (plan: DirectionPlan) => Promise<ReadonlyMap<string, bigint>>;
  /** @throws RequestProblem where Kafka is down */
  readonly admin: () => Pick<KafkaAdmin, 'topicOffsets' | 'offsetsFrom'>;
  readonly logger: Pick<Logger, 'warn'>;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

export interface TopicLag {
  readonly table: string;
  readonly topic: string;
  /** Records not applied. */
  readonly messages: number;
  /** When the oldest of them was written; null where there is none. */
  readonly oldestMs: number | null;
}

/** What one direction has before it. */
export interface DirectionLag {
  readonly direction: string;
  readonly group: string;
  /** Null before the first measurement. */
  readonly measuredAtMs: number | null;
  /** Of the latest measurement that succeeded. */
  readonly topics: readonly TopicLag[];
  /** Why the latest measurement failed; null when it did not. */
  readonly problem: RequestProblem | null;
}

const intervalMs = 1_000;

/**
 * Measures from outside how far each direction is behind: topic ends less what its target recorded as applied, and the
 * age of the oldest record in between. It does not ask the consumers, so it goes on, and rises, when they are dead.
 */
export class LagMeter {
  private readonly lags = new Map<string, DirectionLag>();
  private readonly oldest = new Map<string, { readonly next: bigint; readonly oldestMs: number }>();
  private timer: NodeJS.Timeout | undefined;
  private measuring: Promise<void> | null = null;

  constructor(private readonly options: LagMeterOptions) {
    for (const { name: direction, consumerGroup: group } of options.plans) {
      const problem = dependencyProblem('kafka', new Error('not measured yet'));
      this.lags.set(direction, { direction, group, measuredAtMs: null, topics: [], problem });
    }
  }

  start(): void {
    void this.measure();
    this.timer = setInterval(() => void this.measure(), intervalMs);
    this.timer.unref();
  }

  async stop(): Promise<void> {
    clearInterval(this.timer);
    await this.measuring;
  }

  /** The latest measurements, in the order of the plans. */
  read(): readonly DirectionLag[] {
    return [...this.lags.values()];
  }

  /** Seconds the oldest unapplied record has waited; 0 where none does. Rises from measurement to measurement. */
  secondsOf({ oldestMs }: TopicLag): number {
    return oldestMs === null ? 0 : Math.max(0, this.options.now() - oldestMs) / 1_000;
  }

  /** One measurement at a time; who calls meanwhile gets that one. */
  measure(): Promise<void> {
    this.measuring ??= Promise.all(this.options.plans.map((plan) => this.measureDirection(plan))).then(() => {
      this.measuring = null;
    });
    return this.measuring;
  }

  private async measureDirection(plan: DirectionPlan): Promise<void> {
    const { readApplied, now, logger } = this.options;
    const known = this.lags.get(plan.name) as DirectionLag;
    try {
      // Applied before ends: a record in between counts as waiting, none as applied before it was written.
      const applied = await readApplied(plan);
      const topics = await Promise.all(
        plan.tables.map(({ entity, topic }) => this.measureTopic({ table: entity, topic, applied })),
      );
      this.lags.set(plan.name, { ...known, topics, measuredAtMs: now(), problem: null });
    } catch (failure) {
      const problem = failure instanceof RequestProblem ? failure : dependencyProblem('kafka', failure);
      if (known.problem === null) {
        logger.warn({ err: failure, operation: 'lag', direction: plan.name }, 'The lag cannot be measured');
      }
      this.lags.set(plan.name, { ...known, problem });
    }
  }

  private async measureTopic(place: {
    readonly table: string;
    readonly topic: string;
    readonly applied: ReadonlyMap<string, bigint>;
  }): Promise<TopicLag> {
    const { table, topic, applied } = place;
    const admin = this.options.admin();
    const ends = await askDependency('kafka', () => admin.topicOffsets(topic));
    const next = new Map<number, bigint>();
    let messages = 0n;
    for (const { partition, low, high } of ends) {
      const recorded = applied.get(`${topic}/${partition}`) ?? 0n;
      const first = recorded < low ? low : recorded;
      if (first >= high) continue;
      messages += high - first;
      next.set(partition, first);
    }
    return { table, topic, messages: Number(messages), oldestMs: await this.oldestOf(topic, next) };
  }

  private async oldestOf(topic: string, next: ReadonlyMap<number, bigint>): Promise<number | null> {
    const moved = new Map(
      [...next].filter(([partition, offset]) => this.oldest.get(`${topic}/${partition}`)?.next !== offset),
    );
    const found = await askDependency('kafka', () =>
      findOldestRecords({
        next: moved,
        offsetsFrom: (timestampMs) => this.options.admin().offsetsFrom(topic, timestampMs),
        nowMs: this.options.now(),
      }),
    );
    for (const [partition, oldestMs] of found) {
      this.oldest.set(`${topic}/${partition}`, { next: next.get(partition) as bigint, oldestMs });
    }
    const times = [...next.keys()].map(
      (partition) => this.oldest.get(`${topic}/${partition}`)?.oldestMs ?? Infinity,
    );
    return times.length === 0 ? null : Math.min(...times);
  }
}
