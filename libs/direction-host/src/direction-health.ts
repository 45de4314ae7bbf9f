import type { HealthCheck, HealthReport } from '@rowbridge/observability';
import type { OpenDirection } from './direction.js';
import type { DirectionState } from './direction-state.js';

const checkTimeoutMs = 2_000;

/** Answers for the direction: alive, ready for work, and how everything it needs is doing. */
export class DirectionHealth {
  private direction: OpenDirection | null = null;

  constructor(
    private readonly state: DirectionState,
    private readonly lagThresholdSeconds: number,
  ) {}

  /** From now on the checks ask the open direction. */
  watch(direction: OpenDirection): void {
    this.direction = direction;
  }

  readonly endpoints = {
    live: (): boolean => true,
    ready: (): boolean => ['running', 'degraded'].includes(this.state.consumerState),
    health: (): Promise<HealthReport> => this.report(),
  };

  private async report(): Promise<HealthReport> {
    const { state, direction } = this;
    const checks = direction ? await this.check(direction) : [];
    const lagSeconds = direction?.monitor.lagSeconds ?? 0;
    const behind = lagSeconds > this.lagThresholdSeconds;
    const failed =
      state.consumerState === 'stopped' || behind || checks.some((check) => check.status === 'down');
    const healthy = state.consumerState === 'running';
    return {
      status: failed ? 'unhealthy' : healthy ? 'healthy' : 'degraded',
      checks,
      details: {
        consumer: {
          state: state.consumerState,
          lagSeconds,
          pendingSecondLooks: direction?.monitor.pendingLooks ?? 0,
          stuckSecondLooks: Object.fromEntries(direction?.monitor.stuckLooks ?? []),
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

  private check({ databases, kafka }: OpenDirection): Promise<readonly HealthCheck[]> {
    return Promise.all([
      timed('source', () => databases.source.readLogEnd()),
      timed('target', () => databases.target.readLogEnd()),
      timed('kafka', () => kafka.admin.listTopics()),
    ]);
  }
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
