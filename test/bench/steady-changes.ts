import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { RunningSystem } from '@rowbridge/launcher';
import { nextInstant, openApplication, type BenchApplication, type BenchSide } from './applications.js';
import { ProcessorTime } from './processor-time.js';

export interface SteadyFigures {
  readonly from: BenchSide;
  readonly changesPerSecond: number;
  readonly changes: number;
  /** Source commit until the change is visible in the target, milliseconds. */
  readonly milliseconds: { readonly p50: number; readonly p99: number; readonly greatest: number };
  /** By program, from the first change to the last arrival. */
  readonly processorSeconds: Readonly<Record<string, number>>;
}

interface SteadyLoad {
  readonly from: BenchSide;
  readonly changesPerSecond: number;
  readonly seconds: number;
  /** Between two looks at the other side: each look costs the machine, each pause is within the latencies. */
  readonly pollMs?: number;
}

const users = 40;
const deadlineMs = 60_000;
const defaultPollMs = 1;

/** Single-row updates at an even rate, each awaited at the other side by polling its row there. */
export async function measureSteadyChanges(system: RunningSystem, load: SteadyLoad): Promise<SteadyFigures> {
  const writer = openApplication(system, load.from);
  const reader = openApplication(system, load.from === 'legacy' ? 'revamp' : 'legacy');
  try {
    const run = randomUUID().slice(0, 8);
    const emails = Array.from({ length: users }, (_unused, index) => `steady-${run}-${index}@example.test`);
    await writer.insertInOneTransaction(
      emails.map((email) => ({ name: email, email, updatedAt: nextInstant() })),
    );
    const watch = new ArrivalWatch(reader, emails);
    await watch.untilAllExist();
    const changes = load.changesPerSecond * load.seconds;
    const processorTime = new ProcessorTime();
    const watching = watch.run(load.pollMs ?? defaultPollMs);
    await writeEvenly({ writer, emails, watch }, { changes, intervalMs: 1000 / load.changesPerSecond });
    const latencies = await watching;
    const processorSeconds = processorTime.spent();
    latencies.sort((left, right) => left - right);
    const quantile = (share: number): number =>
      latencies[Math.min(latencies.length - 1, Math.floor(latencies.length * share))] ?? 0;
    return {
      from: load.from,
      changesPerSecond: load.changesPerSecond,
      changes: latencies.length,
      milliseconds: { p50: quantile(0.5), p99: quantile(0.99), greatest: latencies.at(-1) ?? 0 },
      processorSeconds,
    };
  } finally {
    await Promise.all([writer.close(), reader.close()]);
  }
}

async function writeEvenly(
  { writer, emails, watch }: { writer: BenchApplication; emails: readonly string[]; watch: ArrivalWatch },
  { changes, intervalMs }: { changes: number; intervalMs: number },
): Promise<void> {
  const begunAt = performance.now();
  for (let index = 0; index < changes; index += 1) {
    const wait = begunAt + index * intervalMs - performance.now();
    if (wait > 0) await delay(wait);
    const email = emails[index % emails.length] as string;
    const updatedAt = nextInstant();
    await writer.update({ name: `Change ${index}`, email, updatedAt });
    watch.expect(email, updatedAt);
  }
  watch.noMore();
}

/** Polls the other side's rows and notes when each expected change has arrived. */
class ArrivalWatch {
  private readonly pending = new Map<string, { updatedAt: string; committedAt: number }[]>();
  private ended = false;

  constructor(
    private readonly reader: BenchApplication,
    private readonly emails: readonly string[],
  ) {}

  expect(email: string, updatedAt: string): void {
    const changes = this.pending.get(email) ?? [];
    changes.push({ updatedAt, committedAt: performance.now() });
    this.pending.set(email, changes);
  }

  noMore(): void {
    this.ended = true;
  }

  async untilAllExist(): Promise<void> {
    const deadline = performance.now() + deadlineMs;
    while ((await this.reader.read(this.emails)).size < this.emails.length) {
      if (performance.now() > deadline) throw new Error('the users did not cross in time');
      await delay(20);
    }
  }

  async run(pollMs: number): Promise<number[]> {
    const latencies: number[] = [];
    let lastArrivalAt = performance.now();
    while (!this.ended || [...this.pending.values()].some((changes) => changes.length > 0)) {
      const awaited = [...this.pending].filter(([, changes]) => changes.length > 0).map(([email]) => email);
      // Only what is awaited: each row read takes processor time from what is measured.
      const rows = awaited.length === 0 ? new Map<string, string>() : await this.reader.read(awaited);
      const seenAt = performance.now();
      for (const [email, changes] of this.pending) {
        const arrived = changes.filter(({ updatedAt }) => updatedAt <= (rows.get(email) ?? ''));
        if (arrived.length > 0) lastArrivalAt = seenAt;
        for (const { committedAt } of arrived) latencies.push(Math.max(0, seenAt - committedAt));
        this.pending.set(email, changes.slice(arrived.length));
      }
      if (this.ended && seenAt - lastArrivalAt > deadlineMs) throw new Error('changes did not cross in time');
      await delay(pollMs);
    }
    return latencies;
  }
}
