import type { ServiceProcess } from '@rowbridge/launcher';
import { waitFor } from '@rowbridge/testing';

export interface ConsumerHealth {
  readonly status: string;
  readonly checks: readonly { readonly name: string; readonly status: string }[];
  readonly consumer: {
    readonly state: string;
    /** By reason. */
    readonly stuckSecondLooks: Readonly<Record<string, number>>;
    readonly stopReason: unknown;
    readonly faults: readonly { readonly code: string; readonly message: string }[];
  };
}

export async function healthOf(service: ServiceProcess): Promise<ConsumerHealth> {
  const answer = await fetch(`${service.url}/health`, { signal: AbortSignal.timeout(5_000) });
  return (await answer.json()) as ConsumerHealth;
}

export async function isReady(service: ServiceProcess): Promise<boolean> {
  const answer = await fetch(`${service.url}/ready`, { signal: AbortSignal.timeout(5_000) });
  await answer.arrayBuffer();
  return answer.status === 200;
}

/** What its consumer says once something holds it up. */
export function faultsOf(service: ServiceProcess): Promise<ConsumerHealth['consumer']> {
  return waitFor(
    async () => {
      const { consumer } = await healthOf(service);
      return consumer.faults.length > 0 ? consumer : undefined;
    },
    { what: `${service.name} to be held up`, deadlineMs: 60_000, intervalMs: 200 },
  );
}

/** Waits until its health is anything but healthy. */
export function isDegraded(service: ServiceProcess): Promise<unknown> {
  return waitFor(async () => (await healthOf(service)).status !== 'healthy', {
    what: `${service.name} to be degraded`,
    deadlineMs: 20_000,
  });
}

/** Waits until it is healthy and nothing it reads is held up. */
export async function runsAgain(service: ServiceProcess): Promise<void> {
  await waitFor(
    async () => {
      const { status, consumer } = await healthOf(service);
      return status === 'healthy' && consumer.faults.length === 0;
    },
    { what: `${service.name} to be healthy again`, deadlineMs: 60_000, intervalMs: 100 },
  );
}
