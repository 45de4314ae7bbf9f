import type { RawRecord } from '@rowbridge/change-event';
import type * as zod from 'zod';

/** The latest value of each key of a compacted topic, as far as it has been read. */
export class CompactedView<Value> {
  private readonly values = new Map<string, Value>();
  private readonly waiting = new Set<() => void>();

  /** @param unreadable told of keys whose latest record has another form; what held before holds */
  constructor(
    private readonly schema: zod.ZodType<Value>,
    private readonly unreadable: (key: string) => void,
  ) {}

  get entries(): ReadonlyMap<string, Value> {
    return this.values;
  }

  /** Takes a record of the topic. Never throws. */
  take({ key, value }: Pick<RawRecord, 'key' | 'value'>): void {
    const name = key === null ? '' : Buffer.from(key).toString();
    if (value === null) this.values.delete(name);
    else {
      const read = this.read(value);
      if (read === null) this.unreadable(name);
      else this.values.set(name, read);
    }
    for (const look of [...this.waiting]) look();
  }

  /** Resolves with whether the condition came to hold within the time. */
  until(condition: () => boolean, deadlineMs: number): Promise<boolean> {
    if (condition()) return Promise.resolve(true);
    return new Promise((resolve) => {
      const end = (held: boolean): void => {
        clearTimeout(limit);
        this.waiting.delete(look);
        resolve(held);
      };
      const look = (): void => {
        if (condition()) end(true);
      };
      const limit = setTimeout(() => end(false), deadlineMs);
      this.waiting.add(look);
    });
  }

  private read(value: Uint8Array): Value | null {
    try {
      const result = this.schema.safeParse(JSON.parse(Buffer.from(value).toString()));
      return result.success ? result.data : null;
    } catch {
      return null;
    }
  }
}
