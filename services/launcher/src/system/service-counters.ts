import { CounterHistory, type CounterSnapshot } from './counter-history.js';
import { parseMetrics } from './metrics-text.js';
import type { ServiceProcess } from './service-process.js';

const pollIntervalMs = 1_000;

/** Keeps what a running service counts, so that a restart does not lose it. */
export class ServiceCounters {
  private readonly history = new CounterHistory();
  private readonly timer: NodeJS.Timeout;
  private reading: Promise<void> | undefined;

  constructor(private readonly service: ServiceProcess) {
    this.timer = setInterval(() => void this.poll(), pollIntervalMs);
    this.timer.unref();
  }

  /** Asks the service now; a service that is down changes nothing. Resolves when its answer counts. */
  async refresh(): Promise<void> {
    await this.reading;
    await this.poll();
  }

  snapshot(): CounterSnapshot {
    return this.history.snapshot();
  }

  close(): void {
    clearInterval(this.timer);
  }

  private poll(): Promise<void> {
    this.reading ??= this.read().finally(() => {
      this.reading = undefined;
    });
    return this.reading;
  }

  private async read(): Promise<void> {
    try {
      const answer = await fetch(`${this.service.url}/metrics`, { signal: AbortSignal.timeout(5_000) });
      if (answer.ok) this.history.observe(parseMetrics(await answer.text()));
    } catch {
      // Down or restarting: what it counted so far is kept.
    }
  }
}
