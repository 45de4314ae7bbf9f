import type { RecordOutcome } from '@rowbridge/errors';

export interface TableTally {
  readonly outcomes: Readonly<Partial<Record<RecordOutcome, number>>>;
  readonly conflicts: number;
}

/** Counts what has become of records since the process started, by table. */
export class DirectionTally {
  private readonly outcomes = new Map<string, Partial<Record<RecordOutcome, number>>>();
  private readonly conflicts = new Map<string, number>();

  recordSettled(table: string, outcome: RecordOutcome): void {
    let counts = this.outcomes.get(table);
    if (!counts) this.outcomes.set(table, (counts = {}));
    counts[outcome] = (counts[outcome] ?? 0) + 1;
  }

  conflictSettled(table: string): void {
    this.conflicts.set(table, (this.conflicts.get(table) ?? 0) + 1);
  }

  of(table: string): TableTally {
    return { outcomes: { ...this.outcomes.get(table) }, conflicts: this.conflicts.get(table) ?? 0 };
  }
}
