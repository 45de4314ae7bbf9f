import { countEchoes } from './count-echoes.js';

const logOrigin = { legacy: 'log_origin', revamp: 'log_origin' } as const;

describe('counting echoes', () => {
  test('finds none where the topics hold what the applications did', () => {
    const intakes = [
      { applicationChanges: 5, consumed: 5, outcomes: { applied: 3, deferred: 2 } },
      { applicationChanges: 2, consumed: 2, outcomes: { applied: 2 } },
    ];
    expect(countEchoes(intakes, logOrigin)).toEqual({ guard: 'log_origin', seen: 0, applied: 0 });
  });

  test('counts sync writes that came back and were recognised as seen, not as applied', () => {
    const intakes = [
      { applicationChanges: 5, consumed: 12, outcomes: { applied: 5, echo: 6, duplicate: 1 } },
    ];
    expect(countEchoes(intakes, logOrigin)).toMatchObject({ seen: 7, applied: 0 });
  });

  test('counts a sync write that was taken for an edit, whatever became of it', () => {
    const intakes = [
      { applicationChanges: 5, consumed: 8, outcomes: { applied: 6, echo: 1, deferred: 1 } },
      { applicationChanges: 9, consumed: 9, outcomes: { applied: 9 } },
    ];
    expect(countEchoes(intakes, logOrigin)).toMatchObject({ seen: 3, applied: 2 });
  });

  test('does not set one direction off against the other', () => {
    const intakes = [
      { applicationChanges: 5, consumed: 6, outcomes: { applied: 6 } },
      { applicationChanges: 5, consumed: 5, outcomes: { applied: 4, echo: 1 } },
    ];
    expect(countEchoes(intakes, logOrigin)).toMatchObject({ seen: 1, applied: 1 });
  });

  test('names the guard of each side where they differ', () => {
    const guards = { legacy: 'log_origin', revamp: 'source_column' } as const;
    expect(countEchoes([], guards).guard).toBe('legacy log_origin, revamp source_column');
  });
});
