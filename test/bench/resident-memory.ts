import { readFileSync } from 'node:fs';
import type { RunningSystem } from '@rowbridge/launcher';

const sampleIntervalMs = 100;

/** Peak resident memory of the services while it watches, from the operating system's own account. */
export class ResidentMemory {
  private readonly peakBytes = new Map<string, number>();
  private readonly timer: NodeJS.Timeout;

  constructor(private readonly system: RunningSystem) {
    this.timer = setInterval(() => this.sample(), sampleIntervalMs);
    this.sample();
  }

  /** Megabytes (10⁶ bytes) by direction. */
  peaks(): Readonly<Record<string, number>> {
    return Object.fromEntries([...this.peakBytes].map(([name, bytes]) => [name, Math.round(bytes / 1e6)]));
  }

  close(): void {
    clearInterval(this.timer);
  }

  private sample(): void {
    for (const { name, processId } of this.system.services) {
      if (processId === undefined) continue;
      const kilobytes = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${processId}/status`, 'utf8'))?.[1];
      this.peakBytes.set(name, Math.max(this.peakBytes.get(name) ?? 0, Number(kilobytes ?? 0) * 1024));
    }
  }
}
