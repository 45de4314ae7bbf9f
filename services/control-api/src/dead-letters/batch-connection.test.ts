import type { RawRecord } from '@rowbridge/change-event';
import { connectionOf as connect, markOf } from './batch-connection.js';

const recordAt = (offset: number, text = `record ${offset}`): RawRecord => ({
  topic: 'sync.dlq',
  partition: 0,
  offset: BigInt(offset),
  timestampMs: 1,
  key: null,
  value: Buffer.from(text),
  headers: [{ name: 'name', value: Buffer.from('value') }],
});

/** A fetch from an offset on that brought these records; the topic ends after the last. */
const batch = (fetched: number, records: readonly RawRecord[], end = Number(records.at(-1)?.offset) + 1) => ({
  records,
  fetchOffset: BigInt(fetched),
  highWatermark: BigInt(end),
});

type Connecting = Parameters<typeof connect>;
const connectionOf = (read: Connecting[0], position: Connecting[1], sought: bigint | null = null) =>
  connect(read, position, sought);
const entered = { nextOffset: 5, mark: markOf(recordAt(4)) };

describe('a batch of dead letters', () => {
  it('follows where nothing was entered yet, and where it brings the last record that was', () => {
    expect(connectionOf(batch(0, [recordAt(0)]), { nextOffset: 0, mark: null })).toEqual({ kind: 'follows' });
    expect(connectionOf(batch(4, [recordAt(4), recordAt(5)]), entered)).toEqual({ kind: 'follows' });
    expect(connectionOf(batch(0, [recordAt(3), recordAt(4)]), entered)).toEqual({ kind: 'follows' });
  });

  it('is read again from that record on where it begins behind it, or ends before it', () => {
    const again = { kind: 'read_from', offset: 4n };
    expect(connectionOf(batch(5, [recordAt(5)]), entered)).toEqual(again);
    expect(connectionOf(batch(0, [recordAt(0), recordAt(1)], 9), entered)).toEqual(again);
  });

  it('is of another topic where another record lies there, or none yet', () => {
    const another = { kind: 'another_topic' };
    expect(connectionOf(batch(4, [recordAt(4, 'another'), recordAt(5)]), entered)).toEqual(another);
    expect(connectionOf(batch(0, [recordAt(0), recordAt(1)]), entered)).toEqual(another);
    expect(connectionOf(batch(0, [recordAt(3)]), { ...entered, mark: null })).toEqual(another);
  });

  it('follows where the topic holds that record no more, and where no mark was kept', () => {
    expect(connectionOf(batch(4, [recordAt(7)]), entered)).toEqual({ kind: 'follows' });
    expect(connectionOf(batch(6, [recordAt(6)]), entered, 4n)).toEqual({ kind: 'follows' });
    expect(connectionOf(batch(5, [recordAt(5)]), { ...entered, mark: null })).toEqual({ kind: 'follows' });
    expect(connectionOf(batch(0, [recordAt(1)], 9), { ...entered, mark: null })).toEqual({
      kind: 'read_from',
      offset: 5n,
    });
  });

  it('is told by every part of a record', () => {
    const record = recordAt(4);
    const others: RawRecord[] = [
      { ...record, timestampMs: 2 },
      { ...record, key: Buffer.from('') },
      { ...record, value: null },
      { ...record, headers: [] },
      { ...record, headers: [{ name: 'nam', value: Buffer.from('evalue') }] },
    ];
    expect(new Set([record, ...others].map(markOf)).size).toBe(others.length + 1);
  });
});
