import type { HealthCheck, HealthReport } from '@rowbridge/observability';
import type { OpenDirection } from './direction.js';
import type { DirectionState } from './direction-state.js';
import type { PauseOrders } from './pause-orders.js';

const checkTimeoutMs = 2_000;

/** Answers for the direction: alive, ready for work, and how everything it needs is doing. */
export class DirectionHealth {
  private direction: OpenDirection | null = null;

  constructor(
    private readonly state: DirectionState,
    private readonly pauses: PauseOrders,
    /** Asked anew each time. */
    private readonly lagThresholdSeconds: () => number,
  ) {}

  /** From now on the checks ask the open direction. */
  watch(direction: OpenDirection): void {
    this.direction = direction;
  }

  readonly endpoints = {
    live: (): boolean => true,
    ready: (): boolean =>
      ['running', 'degraded', 'paused'].includes(this.state.consumerState) && this.state.isReading,
    health: (): Promise<HealthReport> => this.report(),
  };

  private async report(): Promise<HealthReport> {
    const { state, direction } = this;
    const checks = direction ? [...(await this.check(direction)), ...connectorCheck(direction)] : [];
    const lagSeconds = direction?.monitor.lagSeconds ?? 0;
    const behind = this.unpausedLag() > this.lagThresholdSeconds();
    const failed =
      state.consumerState === 'stopped' || behind || checks.some((check) => check.status === 'down');
    const healthy =
      ['running', 'paused'].includes(state.consumerState) && checks.every((check) => check.status === 'up');
    return {
      status: failed ? 'unhealthy' : healthy ? 'healthy' : 'degraded',
      checks,
      details: {
        consumer: {
          state: state.consumerState,
          pausedTables: this.pauses.pausedTables,
          lagSeconds,
          pendingSecondLooks: direction?.monitor.pendingLooks ?? 0,
          stuckSecondLooks: Object.fromEntries(direction?.monitor.stuckLooks ?? []),
          heldTables: (direction?.schema.held.shown ?? []).map(({ sinceMs, ...held }) => ({
            ...held,
            since: new Date(sinceMs).toISOString(),
          })),
          unmappedTables: direction?.schema.unmapped.bySide ?? {},
          stopReason: state.stopReason && { code: state.stopReason.code, message: state.stopReason.message },
          faults: [...state.currentFaults()].map(([partition, { error, failures }]) => ({
            partition,
            code: error.code,
            message: error.message,
            failures,
          })),
        },
      },
    };
  }

  /** What waits by an operator's order is meant to wait: it makes nothing unhealthy. */
  private unpausedLag(): number {
    const { pauses, direction } = this;
    const going = direction?.tables.filter((entity) => !pauses.isTablePaused(entity)) ?? [];
    return Math.max(0, ...going.map((entity) => direction?.monitor.lagOf(entity) ?? 0));
  }

  private check({ databases, kafka }: OpenDirection): Promise<readonly HealthCheck[]> {
    return Promise.all([
      timed('source', () => databases.source.readLogEnd()),
      timed('target', () => databases.target.readLogEnd()),
      timed('kafka', () => kafka.admin.listTopics()),
    ]);
  }
}

/** Capture that stands still loses nothing: what is written waits in the source's log. */
function connectorCheck({ connector }: OpenDirection): readonly HealthCheck[] {
  if (connector.seen === null) return [];
  const { problem } = connector.seen;
  return [
    {
      name: 'connector',
      ...(problem === null ? { status: 'up' } : { status: 'degraded', message: problem }),
    },
  ];
}

async function timed(name: string, ask: () => Promise<unknown>): Promise<HealthCheck> {
  const begunAt = performance.now();
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${checkTimeoutMs} ms`)), checkTimeoutMs);
  });
  try {
    await Promise.race([ask(), limit]);
    return { name, status: 'up', latencyMs: Math.round(performance.now() - begunAt) };
  } catch (error) {
    return { name, status: 'down', message: error instanceof Error ? error.message : 'failed' };
  } finally {
    clearTimeout(timer);
  }
}
