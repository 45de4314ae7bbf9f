/** Answers, by partition, the first offset whose record bears this time or a later one. */
export type OffsetsFrom = (timestampMs: number) => Promise<ReadonlyMap<number, bigint>>;

export interface OldestRecordQuestion {
  /** Next offset to apply, by partition; only partitions that have a record there. */
  readonly next: ReadonlyMap<number, bigint>;
  readonly offsetsFrom: OffsetsFrom;
  readonly nowMs: number;
}

/** Ages up to this are told to the quarter of a second, greater ones to a sixteenth of themselves. */
const finestMs = 250;
const relativePrecision = 1 / 16;
/** Nothing is older: topics are not kept for so long. */
const greatestAgeMs = 400 * 86_400_000;

/**
 * The times that the records at given offsets bear, found by asking the broker for offsets by time: nothing is read.
 * Partitions are asked about together, so a whole topic costs a handful of small requests.
 * @returns milliseconds since 1970 by partition: never later than the record's own time by more than the precision
 */
export async function findOldestRecords(
  question: OldestRecordQuestion,
): Promise<ReadonlyMap<number, number>> {
  const { next, nowMs } = question;
  const ask = rememberAnswers(question.offsetsFrom);
  const found = new Map<number, number>();
  for (const [partition, offset] of next) {
    const isAtLeastSoOld = async (ageMs: number): Promise<boolean> =>
      ((await ask(nowMs - ageMs)).get(partition) ?? 0n) > offset;
    let youngest = 0;
    let oldest = finestMs;
    while (oldest < greatestAgeMs && (await isAtLeastSoOld(oldest))) {
      youngest = oldest;
      oldest *= 2;
    }
    while (oldest - youngest > Math.max(finestMs, oldest * relativePrecision)) {
      const middle = Math.round((youngest + oldest) / 2);
      if (await isAtLeastSoOld(middle)) youngest = middle;
      else oldest = middle;
    }
    found.set(partition, nowMs - youngest);
  }
  return found;
}

/** Partitions ask for the same times, as far as their ages are alike. */
function rememberAnswers(offsetsFrom: OffsetsFrom): OffsetsFrom {
  const answers = new Map<number, Promise<ReadonlyMap<number, bigint>>>();
  return (timestampMs) => {
    const known = answers.get(timestampMs) ?? offsetsFrom(timestampMs);
    answers.set(timestampMs, known);
    return known;
  };
}
