import { recordFingerprint, type RawRecord } from '@rowbridge/change-event';
import { alignOffsets, type AlignmentQuestion } from './align-offsets.js';

const record = (offset: bigint): RawRecord => ({
  topic: 'legacy.public.legacy_users',
  partition: 0,
  offset,
  timestampMs: Number(offset),
  key: Buffer.from(`key ${offset}`),
  value: Buffer.from(`value ${offset}`),
  headers: [],
});

const question = (change: Partial<AlignmentQuestion>): AlignmentQuestion => ({
  nextOffset: 10n,
  unverifiedFingerprint: null,
  range: { low: 0n, high: 20n },
  fetchOffset: 10n,
  records: [record(10n), record(11n)],
  ...change,
});

describe('alignOffsets', () => {
  it('processes a batch that begins where the target stands', () => {
    expect(alignOffsets(question({}))).toEqual({ kind: 'process', records: [record(10n), record(11n)] });
  });

  it('I1: begins at the oldest record held when the target knows nothing, whatever offset the group has', () => {
    expect(alignOffsets(question({ nextOffset: null, fetchOffset: 10n }))).toEqual({
      kind: 'seek',
      offset: 0n,
    });
  });

  it('I1: goes back when the group is ahead of a target restored from a backup', () => {
    expect(alignOffsets(question({ nextOffset: 7n }))).toEqual({ kind: 'seek', offset: 7n });
  });

  it('I1: halts when the topic no longer holds the next record', () => {
    const answer = alignOffsets(question({ range: { low: 12n, high: 20n }, fetchOffset: 12n }));
    expect(answer).toEqual({ kind: 'halt', errorCode: 'offset_out_of_range' });
  });

  it('I1: halts when the topic ends before the target stands: it was made anew', () => {
    const answer = alignOffsets(question({ range: { low: 0n, high: 4n }, fetchOffset: 0n }));
    expect(answer).toEqual({ kind: 'halt', errorCode: 'topic_recreated' });
  });

  it('reads the last applied record again before it trusts a partition', () => {
    const answer = alignOffsets(question({ unverifiedFingerprint: recordFingerprint(record(9n)) }));
    expect(answer).toEqual({ kind: 'seek', offset: 9n });
  });

  it('passes the last applied record when it is the one that was applied', () => {
    const answer = alignOffsets(
      question({
        unverifiedFingerprint: recordFingerprint(record(9n)),
        fetchOffset: 9n,
        records: [record(9n), record(10n)],
      }),
    );
    expect(answer).toEqual({ kind: 'process', records: [record(10n)] });
  });

  it('I1: halts when another record stands where the last applied one was', () => {
    const answer = alignOffsets(
      question({
        unverifiedFingerprint: recordFingerprint(record(8n)),
        fetchOffset: 9n,
        records: [record(9n), record(10n)],
      }),
    );
    expect(answer).toEqual({ kind: 'halt', errorCode: 'topic_recreated' });
  });

  it('accepts offsets without a record between the fetch offset and the first record', () => {
    expect(alignOffsets(question({ records: [record(15n)] }))).toEqual({
      kind: 'process',
      records: [record(15n)],
    });
  });

  it('does not ask for a record the topic no longer holds', () => {
    const answer = alignOffsets(
      question({ unverifiedFingerprint: recordFingerprint(record(9n)), range: { low: 10n, high: 20n } }),
    );
    expect(answer).toEqual({ kind: 'process', records: [record(10n), record(11n)] });
  });
});
