import type { PartitionName } from './record-consumer.js';

/** Partitions that are not read for now, whichever client does the reading: they outlive a rebuilt client. */
export class PartitionWaits {
  readonly #waits = new Map<
    string,
    { readonly partition: PartitionName; readonly timer: NodeJS.Timeout | null }
  >();
  readonly #onEnd: (partition: PartitionName) => void;

  /** @param onEnd called when a wait ends: by time or by {@link end} */
  constructor(onEnd: (partition: PartitionName) => void) {
    this.#onEnd = onEnd;
  }

  /** @param forMs null: until {@link end} */
  begin(partition: PartitionName, forMs: number | null): void {
    this.#clear(partition);
    const timer = forMs === null ? null : setTimeout(() => this.end(partition), forMs);
    this.#waits.set(nameOf(partition), { partition, timer });
  }

  end(partition: PartitionName): void {
    if (this.#clear(partition)) this.#onEnd(partition);
  }

  list(): readonly PartitionName[] {
    return [...this.#waits.values()].map(({ partition }) => partition);
  }

  /** Forgets all waits without ending them. */
  clear(): void {
    for (const { partition } of [...this.#waits.values()]) this.#clear(partition);
  }

  #clear(partition: PartitionName): boolean {
    clearTimeout(this.#waits.get(nameOf(partition))?.timer ?? undefined);
    return this.#waits.delete(nameOf(partition));
  }
}

/** Unambiguous: a topic's name holds no slash. */
export function nameOf({ topic, partition }: PartitionName): string {
  return `${topic}/${partition}`;
}
