import type { LoopGuard } from '../system/direction-services.js';

export interface EchoReport {
  /** The guard of each side, or the one both have. */
  readonly guard: string;
  /** Records in the table topics beyond the row changes the applications made: sync writes that came back. */
  readonly seen: number;
  /** Of those, records that no guard recognised as an echo or as a repetition, and so had an effect. */
  readonly applied: number;
}

/** What one direction took in while an application was at work at its source. */
export interface DirectionIntake {
  /** Row changes the application made. */
  readonly applicationChanges: number;
  /** Records consumed, by the database's own account. */
  readonly consumed: number;
  readonly outcomes: Readonly<Record<string, number>>;
}

/**
 * Counts echoes without asking the guards: what is in a topic beyond what its site's application did came from a sync
 * write (or was sent twice by the connector). What of it the direction did not set aside has leaked through.
 */
export function countEchoes(
  intakes: readonly DirectionIntake[],
  guards: Readonly<Record<'legacy' | 'revamp', LoopGuard>>,
): EchoReport {
  let [seen, applied] = [0, 0];
  for (const { applicationChanges, consumed, outcomes } of intakes) {
    const beyond = Math.max(0, consumed - applicationChanges);
    const setAside = (outcomes['echo'] ?? 0) + (outcomes['duplicate'] ?? 0);
    seen += beyond;
    applied += Math.max(0, beyond - setAside);
  }
  const { legacy, revamp } = guards;
  return { guard: legacy === revamp ? legacy : `legacy ${legacy}, revamp ${revamp}`, seen, applied };
}
