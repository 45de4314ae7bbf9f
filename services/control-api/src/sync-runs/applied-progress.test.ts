import { readAppliedShare, readTopicMarks, type OffsetReader } from './applied-progress.js';

const plan = { consumerGroup: 'sync-service-legacy' };

function offsetsOf(ends: readonly number[], reached: readonly (number | null)[]): OffsetReader {
  return {
    topicOffsets: async () => ends.map((high, partition) => ({ partition, low: 0n, high: BigInt(high) })),
    groupOffsets: async () =>
      new Map(reached.flatMap((offset, partition) => (offset === null ? [] : [[partition, BigInt(offset)]]))),
  };
}

async function share(
  from: readonly number[],
  ends: readonly number[],
  reached: readonly (number | null)[],
): Promise<number> {
  const starts = await readTopicMarks(offsetsOf(from, []), ['users']);
  const offsets = offsetsOf(ends, reached);
  const to = await readTopicMarks(offsets, ['users']);
  return readAppliedShare(offsets, plan, { topics: ['users'], from: starts, to });
}

describe('the applied share', () => {
  it('counts records between two marks over all partitions', async () => {
    expect(await share([10, 100], [20, 110], [15, 100])).toBe(0.25);
    expect(await share([10, 100], [20, 110], [20, 110])).toBe(1);
  });

  it('is 1 where nothing lies between, and 0 where the group has read nothing', async () => {
    expect(await share([10], [10], [3])).toBe(1);
    expect(await share([0], [10], [null])).toBe(0);
  });

  it('never counts what lies before the first mark or behind the second', async () => {
    expect(await share([10, 10], [20, 20], [5, 400])).toBe(0.5);
  });
});
