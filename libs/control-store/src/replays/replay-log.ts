import type { DeadLetterStatus } from '../dead-letters/dead-letter-index.js';

/** A replay of dead letters as it is remembered. */
export interface StoredReplay {
  readonly requestId: string;
  readonly dryRun: boolean;
  readonly actor: string;
  readonly state: 'running' | 'completed' | 'failed' | 'stopped';
  readonly startedAtMs: number;
  readonly endedAtMs: number | null;
  readonly selected: number;
  /** While running: at least as many as were sent, since it is written before they are. */
  readonly sent: number;
  readonly answered: number;
  /** Whether nothing more is to be sent. */
  readonly allSent: boolean;
  readonly stopRequested: boolean;
  readonly byOutcome: Readonly<Record<string, number>>;
  readonly error: { readonly code: string; readonly message: string } | null;
}

/** What became of one dead letter. */
export interface StoredReplayResult {
  readonly id: string;
  readonly direction: string;
  readonly outcome: string | null;
  readonly fault: { readonly code: string; readonly message: string } | null;
  readonly status: DeadLetterStatus;
}

/** The latest replays of dead letters (`dead_letter_replays`). */
export interface ReplayLog {
  /**
   * Writes a replay over what was there.
   * @param results kept instead of those before where they are given
   */
  put(replay: StoredReplay, results?: readonly StoredReplayResult[]): Promise<void>;
  /** @returns null where no such replay is remembered */
  get(requestId: string): Promise<StoredReplay | null>;
  results(requestId: string): Promise<readonly StoredReplayResult[]>;
  /** Newest first. */
  latest(): Promise<readonly StoredReplay[]>;
  /**
   * Those that are running, with a version that rises with every {@link put}: one that rests belongs to nobody any
   * more, and {@link abandonedVersion} says that it was let go of.
   */
  running(): Promise<readonly RunningReplay[]>;
  /**
   * Takes a running replay over from a process that is gone. Of several who ask with the same version one succeeds.
   * @returns false where its version is another by now, or it runs no more: then nothing is changed
   */
  claim(requestId: string, version: number): Promise<boolean>;
  /** Lets go of a running replay, for the next process to take up at once. */
  abandon(requestId: string): Promise<void>;
}

export interface RunningReplay {
  readonly replay: StoredReplay;
  readonly version: number;
}

/** Of a replay that was let go of. */
export const abandonedVersion = 0;

/** So many are kept; older ones are forgotten once they have ended. */
export const rememberedReplays = 50;
