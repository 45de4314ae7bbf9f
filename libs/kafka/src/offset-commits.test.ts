import { OffsetCommits, type CommittedOffset } from './offset-commits.js';

const place = (partition: number, nextOffset: bigint): CommittedOffset => ({
  topic: 'users',
  partition,
  nextOffset,
});

describe('commits to the group', () => {
  let sent: (readonly CommittedOffset[])[];
  let commits: OffsetCommits;

  beforeEach(() => {
    jest.useFakeTimers();
    sent = [];
    commits = new OffsetCommits(async (offsets) => void sent.push(offsets));
  });
  afterEach(() => jest.useRealTimers());

  it('are sent together and once, the newest of each partition', async () => {
    commits.note(place(0, 1n));
    commits.note(place(1, 5n));
    commits.note(place(0, 2n));
    expect(sent).toEqual([]);
    await jest.advanceTimersByTimeAsync(200);
    expect(sent).toEqual([[place(0, 2n), place(1, 5n)]]);
    await jest.advanceTimersByTimeAsync(1_000);
    expect(sent).toHaveLength(1);
  });

  it('are sent again for what comes later', async () => {
    commits.note(place(0, 1n));
    await jest.advanceTimersByTimeAsync(200);
    commits.note(place(0, 2n));
    await jest.advanceTimersByTimeAsync(200);
    expect(sent).toEqual([[place(0, 1n)], [place(0, 2n)]]);
  });

  it('wait no longer where they are asked for', async () => {
    commits.note(place(0, 1n));
    await commits.flush();
    await jest.advanceTimersByTimeAsync(1_000);
    expect(sent).toEqual([[place(0, 1n)]]);
  });

  it('are forgotten where another consumer has the partition, and kept where it stays', async () => {
    commits.note(place(0, 1n));
    commits.note(place(1, 5n));
    commits.keep([place(1, 0n)]);
    await jest.advanceTimersByTimeAsync(1_000);
    expect(sent).toEqual([[place(1, 5n)]]);
  });

  it('never fail whoever commits', async () => {
    const refused = new OffsetCommits(() => Promise.reject(new Error('not a member any more')));
    refused.note(place(0, 1n));
    await expect(refused.flush()).resolves.toBeUndefined();
  });
});
