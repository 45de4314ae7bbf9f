import type { DirectionStatus } from '@rowbridge/control-protocol';
import { ConflictCount } from './conflict-count.js';

function report(instance: string, conflicts: number, startedAtMs = 0): DirectionStatus {
  return {
    direction: 'legacy-to-revamp',
    instance,
    startedAtMs,
    tables: [{ conflicts }, { conflicts: 1 }],
  } as unknown as DirectionStatus;
}

describe('the count of conflicts during a run', () => {
  it('leaves out what an instance had settled before', () => {
    const count = new ConflictCount(['legacy-to-revamp'], 1_000);
    expect(count.take([report('one', 5)])).toBe(0);
    expect(count.take([report('one', 8)])).toBe(3);
  });

  it('counts all of an instance that began later, and keeps those of one that is gone', () => {
    const count = new ConflictCount(['legacy-to-revamp'], 1_000);
    count.take([report('one', 5)]);
    count.take([report('one', 7)]);
    expect(count.take([report('two', 3, 2_000)])).toBe(2 + 4);
  });

  it('looks at the directions of the run alone', () => {
    const count = new ConflictCount(['revamp-to-legacy'], 1_000);
    expect(count.take([report('one', 5, 2_000)])).toBe(0);
  });
});
