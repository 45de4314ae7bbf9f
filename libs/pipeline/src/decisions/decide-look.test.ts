import type { RowImage } from '@rowbridge/change-event';
import { mapImage } from '@rowbridge/mapping';
import { simulatedPlans, type SimulatedPolicy } from '../simulation/simulated-pair.js';
import { decideLook, type LookDecision, type LookQuestion } from './decide-look.js';
import { pickWinner } from './pick-winner.js';

const policy: SimulatedPolicy = {
  strategy: 'last_write_wins',
  deleteVersusUpdate: 'update_wins',
  timestamped: true,
};
const time = (second: number): string => `2026-01-01T00:00:0${second}.000000Z`;
const legacyRow = (word: string, second: number): RowImage => ({ email: 'ada', word, time: time(second) });
const revampRow = (state: string, second: number): RowImage => ({
  email: 'ada',
  state,
  changed: time(second),
});

/** The decisions of both directions about one pair of rows. */
function decideBoth(
  rows: { legacy: RowImage | null; revamp: RowImage | null },
  options: { policy?: Partial<SimulatedPolicy>; twinKnown?: boolean } = {},
): readonly [LookDecision, LookDecision] {
  const [forward, backward] = simulatedPlans({ ...policy, ...options.policy });
  const ask = (plan: LookQuestion['plan'], from: RowImage | null, to: RowImage | null): LookDecision =>
    decideLook({
      plan,
      source: from && mapImage(plan, from, () => undefined),
      target: to,
      twinKnown: options.twinKnown ?? true,
      keyDiffers: false,
      sourceWinsUndisputed: false,
    });
  return [ask(forward, rows.legacy, rows.revamp), ask(backward, rows.revamp, rows.legacy)];
}

const [forwardPlan] = simulatedPlans(policy);
const question: LookQuestion = {
  plan: forwardPlan,
  source: null,
  target: null,
  twinKnown: true,
  keyDiffers: false,
  sourceWinsUndisputed: false,
};

describe('both directions', () => {
  it('I6: close where both sides are equal, or both rows are gone', () => {
    expect(decideBoth({ legacy: legacyRow('one', 1), revamp: revampRow('ONE', 1) })).toEqual([
      { kind: 'close' },
      { kind: 'close' },
    ]);
    expect(decideBoth({ legacy: null, revamp: null })).toEqual([{ kind: 'close' }, { kind: 'close' }]);
  });

  it.each([
    { winner: 'the later row of legacy', legacySecond: 2, revampSecond: 1, kinds: ['write', 'hand_over'] },
    { winner: 'the later row of revamp', legacySecond: 1, revampSecond: 2, kinds: ['hand_over', 'write'] },
    { winner: 'legacy at a tie', legacySecond: 1, revampSecond: 1, kinds: ['write', 'hand_over'] },
  ])('I6: agree that $winner wins, and one of them writes', ({ legacySecond, revampSecond, kinds }) => {
    const rows = { legacy: legacyRow('one', legacySecond), revamp: revampRow('TWO', revampSecond) };
    expect(decideBoth(rows).map((decision) => decision.kind)).toEqual(kinds);
  });

  it('I6: agree that the priority side wins where the policy knows no time', () => {
    const decisions = decideBoth(
      { legacy: legacyRow('one', 1), revamp: revampRow('TWO', 9) },
      { policy: { strategy: 'source_priority' } },
    );
    expect(decisions.map((decision) => decision.kind)).toEqual(['write', 'hand_over']);
  });

  it.each(['update_wins', 'delete_wins'] as const)(
    'I6: agree on a row that one side has deleted, %s',
    (deleteVersusUpdate) => {
      const rest = { policy: { deleteVersusUpdate } };
      const survives = deleteVersusUpdate === 'update_wins';
      const goneInRevamp = decideBoth({ legacy: legacyRow('one', 1), revamp: null }, rest);
      const goneInLegacy = decideBoth({ legacy: null, revamp: revampRow('ONE', 1) }, rest);
      expect(goneInRevamp.map((decision) => decision.kind)).toEqual(
        survives ? ['write', 'hand_over'] : ['hand_over', 'delete'],
      );
      expect(goneInLegacy.map((decision) => decision.kind)).toEqual(
        survives ? ['hand_over', 'write'] : ['delete', 'hand_over'],
      );
    },
  );

  it('carry a row over that never had a twin, even where deletes win, and list no conflict', () => {
    const [forward] = decideBoth(
      { legacy: legacyRow('one', 1), revamp: null },
      { policy: { deleteVersusUpdate: 'delete_wins' }, twinKnown: false },
    );
    expect(forward).toEqual({ kind: 'write', values: revampRow('ONE', 1), conflict: null });
  });
});

describe('what a look writes', () => {
  it('I5: names the conflict of each row that loses', () => {
    const differing = { legacy: legacyRow('one', 2), revamp: revampRow('TWO', 1) };
    expect(decideBoth(differing)[0]).toMatchObject({ conflict: 'update_origin_differs' });
    expect(decideBoth(differing, { twinKnown: false })[0]).toMatchObject({ conflict: 'insert_exists' });
    expect(decideBoth({ legacy: legacyRow('one', 2), revamp: null })[0]).toMatchObject({
      conflict: 'update_missing',
    });
    expect(
      decideBoth(
        { legacy: null, revamp: revampRow('ONE', 1) },
        { policy: { deleteVersusUpdate: 'delete_wins' } },
      )[0],
    ).toEqual({
      kind: 'delete',
      conflict: 'delete_origin_differs',
    });
  });

  it('follows the source without a conflict where it was only blocked and the target has not moved', () => {
    const blocked = { ...question, sourceWinsUndisputed: true };
    const source = { kind: 'mapped', values: revampRow('ONE', 1) } as const;
    expect(decideLook({ ...blocked, target: revampRow('TWO', 9) })).toEqual({
      kind: 'delete',
      conflict: null,
    });
    expect(decideLook({ ...blocked, source })).toMatchObject({ kind: 'write', conflict: null });
    expect(decideLook({ ...blocked, source, target: revampRow('TWO', 9) })).toMatchObject({
      kind: 'write',
      conflict: null,
    });
  });

  it('waits for a parent and refuses what cannot be carried over', () => {
    expect(
      decideLook({ ...question, source: { kind: 'missing_parent', entity: 'users', column: 'user_id' } }),
    ).toEqual({ kind: 'wait', reason: 'missing_parent' });
    const refused = mapImage(forwardPlan, { ...legacyRow('four', 1) }, () => undefined);
    expect(decideLook({ ...question, source: refused, target: revampRow('ONE', 1) })).toMatchObject({
      kind: 'refuse',
      errorCode: 'unknown_value_word',
    });
  });
});

it('I6: a row without a time loses to one with it, in both directions', () => {
  const [forward, backward] = simulatedPlans(policy);
  expect(pickWinner(forward, { ...revampRow('ONE', 1), changed: null }, revampRow('TWO', 1))).toBe('target');
  expect(pickWinner(backward, legacyRow('two', 1), { ...legacyRow('one', 1), time: null })).toBe('source');
});
