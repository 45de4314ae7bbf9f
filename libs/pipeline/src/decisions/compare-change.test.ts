import type { RowImage } from '@rowbridge/change-event';
import { mapImage, type MappedImage } from '@rowbridge/mapping';
import { simulatedPlans } from '../simulation/simulated-pair.js';
import { compareChange, type ChangeComparison } from './compare-change.js';

const columns = ['email', 'state'];
const row = (state: string): RowImage => ({ email: 'ada', state });
const image = (state: string): MappedImage => ({ kind: 'mapped', values: row(state) });
const missingParent: MappedImage = { kind: 'missing_parent', entity: 'users', column: 'user_id' };
const twin = (state: string): ChangeComparison['target'] => ({ key: '7', row: row(state) });

function compare(comparison: Partial<ChangeComparison>): ReturnType<typeof compareChange> {
  return compareChange({
    isSnapshotRead: false,
    before: null,
    after: null,
    columns,
    target: null,
    twinKey: comparison.target?.key ?? null,
    insertKey: null,
    oneWay: false,
    maySeed: false,
    ...comparison,
  });
}

describe('a live change', () => {
  it('updates a target that still is what the change started from', () => {
    expect(compare({ before: image('ONE'), after: image('TWO'), target: twin('ONE') })).toEqual({
      kind: 'update',
      key: '7',
      values: row('TWO'),
    });
  });

  it('I5: is deferred where the target already holds the after-image: both sides may have written it', () => {
    expect(compare({ before: image('ONE'), after: image('TWO'), target: twin('TWO') })).toEqual({
      kind: 'defer',
      reason: 'update_origin_differs',
      blocked: false,
    });
  });

  it('I5: is deferred where the target is something else, or gone', () => {
    expect(compare({ before: image('ONE'), after: image('TWO'), target: twin('THREE') })).toMatchObject({
      kind: 'defer',
      reason: 'update_origin_differs',
    });
    expect(compare({ before: image('ONE'), after: image('TWO'), twinKey: '7' })).toMatchObject({
      kind: 'defer',
      reason: 'update_missing',
    });
  });

  it('I5: A to B to A leaves a target that is A, and is deferred where it is B', () => {
    expect(compare({ before: image('ONE'), after: image('ONE'), target: twin('ONE') })).toEqual({
      kind: 'leave',
      outcome: 'applied',
    });
    expect(compare({ before: image('ONE'), after: image('ONE'), target: twin('TWO') })).toMatchObject({
      kind: 'defer',
    });
  });

  it('deletes a target that still is what was deleted, and nothing else', () => {
    expect(compare({ before: image('ONE'), target: twin('ONE') })).toEqual({ kind: 'delete', key: '7' });
    expect(compare({ before: image('ONE'), target: twin('TWO') })).toMatchObject({
      kind: 'defer',
      reason: 'delete_origin_differs',
    });
    expect(compare({ before: image('ONE') })).toMatchObject({ kind: 'defer', reason: 'delete_missing' });
  });

  it('inserts a row that has never had a twin', () => {
    expect(compare({ after: image('ONE') })).toEqual({ kind: 'insert', key: null, values: row('ONE') });
  });

  it('I5: an insert does not bring back a twin the other side has deleted', () => {
    expect(compare({ after: image('ONE'), twinKey: '7' })).toEqual({
      kind: 'defer',
      reason: 'update_missing',
      blocked: false,
    });
  });

  it('I5: an insert of a row that is there already is deferred, equal or not', () => {
    expect(compare({ after: image('ONE'), target: twin('ONE') })).toMatchObject({
      kind: 'defer',
      reason: 'insert_exists',
    });
  });

  it('I8: an insert that lacks a column is deferred, an update that lacks one leaves it alone', () => {
    const partial: MappedImage = { kind: 'mapped', values: { state: 'TWO' } };
    expect(compare({ after: partial })).toEqual({ kind: 'defer', reason: 'absent_column', blocked: false });
    expect(compare({ before: image('ONE'), after: partial, target: twin('ONE') })).toEqual({
      kind: 'update',
      key: '7',
      values: { state: 'TWO' },
    });
  });

  it('I8: an unknown word is refused by name of table and column, without its value', () => {
    const [plan] = simulatedPlans({
      strategy: 'source_priority',
      deleteVersusUpdate: 'update_wins',
      timestamped: false,
    });
    const after = mapImage(plan, { email: 'ada', word: 'secret' }, () => undefined);
    const decision = compare({ before: image('ONE'), after, target: twin('ONE') });
    expect(decision).toMatchObject({
      kind: 'refuse',
      errorCode: 'unknown_value_word',
      message: expect.stringContaining('people.word'),
    });
    expect(JSON.stringify(decision)).not.toContain('secret');
  });

  it('a missing parent blocks where the comparison held, and is in doubt where it did not', () => {
    expect(compare({ after: missingParent })).toEqual({
      kind: 'defer',
      reason: 'missing_parent',
      blocked: true,
    });
    expect(compare({ before: image('ONE'), after: missingParent, target: twin('ONE') })).toMatchObject({
      blocked: true,
    });
    expect(compare({ before: image('ONE'), after: missingParent, target: twin('TWO') })).toMatchObject({
      blocked: false,
    });
    expect(compare({ after: missingParent, twinKey: '7' })).toMatchObject({ blocked: false });
  });

  it('I8: a before-image that cannot be carried over holds against nothing', () => {
    expect(compare({ before: missingParent, after: image('TWO'), target: twin('ONE') })).toMatchObject({
      kind: 'defer',
    });
  });
});

describe('a snapshot read', () => {
  const read = (comparison: Partial<ChangeComparison>): ReturnType<typeof compareChange> =>
    compare({ isSnapshotRead: true, after: image('ONE'), ...comparison });

  it('never overwrites: equal is unchanged, different is deferred', () => {
    expect(read({ target: twin('ONE') })).toEqual({ kind: 'leave', outcome: 'unchanged' });
    expect(read({ target: twin('TWO'), maySeed: true })).toMatchObject({
      kind: 'defer',
      reason: 'snapshot_differs',
    });
  });

  it('I3: fills the target only where it may seed', () => {
    expect(read({ maySeed: true })).toEqual({ kind: 'insert', key: null, values: row('ONE') });
    expect(read({ maySeed: false })).toMatchObject({ kind: 'defer', reason: 'snapshot_differs' });
  });
});
