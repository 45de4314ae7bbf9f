import type { Page, PageRequest } from '../control-store.js';

/**
 * - `open`: waits for somebody.
 * - `replayed`: taken again, and its change is in the target.
 * - `superseded`: taken again, and a newer change of the row was there already.
 * - `discarded`: given up, with a reason.
 */
export type DeadLetterStatus = 'open' | 'replayed' | 'discarded' | 'superseded';

/** A record of the dead letter queue as the index sees it. */
export interface IndexedRecord {
  readonly direction: string;
  /** Entity name where the record's topic is a mapped table's, else the table's own name. At most 250 characters. */
  readonly table: string;
  /** At most 64 characters, as are the next two. */
  readonly errorCode: string;
  readonly stage: string;
  readonly eventId: string | null;
  /** What tells events apart within a direction: the event id, or a digest of where the record came from. */
  readonly eventKey: string;
  /** What, where and what to do; never a row value. */
  readonly message: string;
  readonly attempts: number;
  readonly failedAtMs: number;
  /** SHA-256 of the printable key, in hex; null for a record without key. */
  readonly keyDigest: string | null;
  readonly printableKey: string | null;
  /** Where the record lay first; offset -1 for a letter that stands for a row instead of a record. */
  readonly source: RecordPlace;
  readonly queue: Omit<RecordPlace, 'topic'>;
  /** Key, value and headers together. */
  readonly sizeBytes: number;
  readonly hasBody: boolean;
  readonly traceId: string | null;
}

export interface RecordPlace {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
}

/** One entry: every record of the queue that tells of one event of one direction. */
export interface DeadLetterEntry extends Omit<IndexedRecord, 'eventKey' | 'failedAtMs'> {
  /** `<partition>-<offset>` of the entry's first record in the queue: the same in every index built from it. */
  readonly id: string;
  readonly status: DeadLetterStatus;
  readonly firstFailedAtMs: number;
  readonly lastFailedAtMs: number;
  /** Records in the queue; `queue` is the latest. */
  readonly occurrences: number;
  /** When it left `open`, or was last tried in vain; null before. */
  readonly settledAtMs: number | null;
  readonly settledBy: string | null;
  /** Outcome of the last replay. */
  readonly outcome: string | null;
  /** Why it was discarded. */
  readonly reason: string | null;
  /** The last replay. */
  readonly requestId: string | null;
}

/** Part of one partition of the queue, in offset order. */
export interface IndexBatch {
  readonly topic: string;
  readonly partition: number;
  readonly records: readonly IndexedRecord[];
  /** Offset of the next record to read. */
  readonly nextOffset: number;
  /** Tells the record before that offset from any other that may come to lie there; at most 64 characters. */
  readonly mark?: string;
}

/** How far a partition of the queue is entered. */
export interface EnteredPosition {
  /** 0 where nothing is. */
  readonly nextOffset: number;
  /** Of the record before it, where it was given. */
  readonly mark: string | null;
}

export interface DeadLetterFilter {
  readonly statuses?: readonly DeadLetterStatus[] | undefined;
  readonly direction?: string | undefined;
  readonly table?: string | undefined;
  readonly errorCode?: string | undefined;
  readonly keyDigest?: string | undefined;
  /** First failed then or later. */
  readonly fromMs?: number | undefined;
  /** First failed before. */
  readonly untilMs?: number | undefined;
  /** Contained in the message or the printable key; letters A to Z match in either case. */
  readonly text?: string | undefined;
}

export interface DeadLetterQuery extends DeadLetterFilter, PageRequest {}

/** Entries of one table of one direction in one state, narrowed down as a filter does. */
export interface SourceOrderQuery extends Omit<DeadLetterQuery, 'statuses' | 'direction' | 'table'> {
  readonly direction: string;
  readonly table: string;
  readonly status: DeadLetterStatus;
}

/**
 * A page is full unless the list ends. With `text` a page looks through at most {@link searchedPerPage} entries that
 * pass the other filters: it may then hold fewer or no items although `next` leads on.
 */
export interface DeadLetterPage extends Page<DeadLetterEntry> {
  /** Entries that pass the filters; null where only counting them one by one would tell (key, time, text). */
  readonly total: number | null;
}

export interface DeadLetterCount {
  readonly direction: string;
  readonly table: string;
  readonly errorCode: string;
  readonly status: DeadLetterStatus;
  readonly letters: number;
}

/** What becomes of one entry. */
export interface Settlement {
  readonly id: string;
  readonly status: DeadLetterStatus;
  readonly settledAtMs: number;
  /** Leaves alone what was settled then or later, or failed later: for news that may come twice, late, or of another letter. */
  readonly onlyIfLater?: boolean;
  readonly settledBy?: string | null;
  readonly outcome?: string | null;
  readonly reason?: string | null;
  readonly requestId?: string | null;
  /** A replay that failed again: replaces code and message. */
  readonly fault?: { readonly code: string; readonly message: string };
}

/** Just enough of an entry to replay it. */
export interface ReplayCandidate {
  readonly id: string;
  readonly direction: string;
  readonly source: RecordPlace;
  readonly queue: Omit<RecordPlace, 'topic'>;
}

/** The index of the dead letter queue (`dead_letters`). Payloads stay in Kafka. */
export interface DeadLetterIndex {
  /**
   * Enters records exactly once, however often they are handed in: what lies below the partition's next offset is
   * left out. Records of one event collapse onto one entry, which opens again where the event failed after it had
   * been replayed; a discarded one stays discarded.
   * @returns new entries, and records that joined one
   */
  enter(batch: IndexBatch): Promise<{ readonly added: number; readonly joined: number }>;
  /** Next offset to enter, by partition; 0 is not named. */
  nextOffsets(topic: string): Promise<ReadonlyMap<number, number>>;
  position(topic: string, partition: number): Promise<EnteredPosition>;
  /** Begins a partition anew: for a queue that was created again. */
  rewind(topic: string, partition: number): Promise<void>;
  get(id: string): Promise<DeadLetterEntry | null>;
  getMany(ids: readonly string[]): Promise<readonly DeadLetterEntry[]>;
  /** Newest first failure first. */
  list(query: DeadLetterQuery): Promise<DeadLetterPage>;
  /** Without those that are none. */
  counts(): Promise<readonly DeadLetterCount[]>;
  /**
   * Entries in the order of their source topics, partitions and offsets. A page looks through at most
   * {@link walkedPerPage} entries: where a condition narrows the table down it may hold fewer or no items although
   * `next` leads on.
   */
  inSourceOrder(query: SourceOrderQuery): Promise<Page<ReplayCandidate>>;
  /**
   * Settles entries that are in one of the expected states; the others are left as they are.
   * @returns ids of those settled
   */
  settle(
    settlements: readonly Settlement[],
    expected: readonly DeadLetterStatus[],
  ): Promise<readonly string[]>;
}

/** Most entries one page with `text` looks through. */
export const searchedPerPage = 20_000;

/** Entries one page in source order looks through at most, or one more than it holds where those are more. */
export const walkedPerPage = 500;
