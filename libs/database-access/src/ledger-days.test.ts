import { firstEventIdOf, ledgerDay, planLedgerDays } from './ledger-days.js';

const noon = Date.UTC(2026, 10, 21, 12);

function names(days: readonly { readonly name: string }[]): readonly string[] {
  return days.map(({ name }) => name);
}

describe('planLedgerDays', () => {
  it('begins with the day the retention reaches back to, and ends three days ahead', () => {
    const { add, drop } = planLedgerDays([], { nowMs: noon, retentionHours: 24 });
    expect(names(add)).toEqual(['20261120', '20261121', '20261122', '20261123', '20261124']);
    expect(drop).toEqual([]);
  });

  it('I2: drops a day only when its last moment is older than the retention', () => {
    const existing = ['20261119', '20261120', '20261121'].map(ledgerDay);
    const justBefore = planLedgerDays(existing, { nowMs: noon, retentionHours: 36.01 });
    expect(justBefore.drop).toEqual([]);
    const justAfter = planLedgerDays(existing, { nowMs: noon, retentionHours: 36 });
    expect(names(justAfter.drop)).toEqual(['20261119']);
  });

  it('adds days after the newest alone, over the end of a month', () => {
    const { add } = planLedgerDays([ledgerDay('20261129')], {
      nowMs: Date.UTC(2026, 10, 29),
      retentionHours: 24,
    });
    expect(names(add)).toEqual(['20261130', '20261201', '20261202']);
  });

  it('after a long rest adds no day that would be dropped at once', () => {
    const { add } = planLedgerDays([ledgerDay('20250101')], { nowMs: noon, retentionHours: 24 });
    expect(names(add)[0]).toBe('20261120');
  });
});

describe('firstEventIdOf', () => {
  it('is the moment in 48 bits and zeros', () => {
    expect(firstEventIdOf(Date.UTC(2024, 0, 1))).toBe('018cc251f400000000000000000000000'.slice(0, 32));
  });
});
