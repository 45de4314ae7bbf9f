import type { ChangeEvent } from '@rowbridge/change-event';
import { postgresPosition } from '@rowbridge/change-event';
import { judgeEcho, type EchoQuestion } from './judge-echo.js';
import { deletedContent, formatStamp, placeholderContent } from './sync-stamp.js';

const place = (lsn: number): string => postgresPosition(1, BigInt(lsn));
const stampAt = (lsn: number, content = 'digest', direction = 'revamp-to-legacy'): string =>
  formatStamp({ direction, position: place(lsn), content });

function change(overrides: Partial<ChangeEvent>): ChangeEvent {
  return {
    eventId: 'event',
    operation: 'update',
    snapshot: 'live',
    connector: 'legacy',
    schema: 'public',
    table: 'people',
    key: '1',
    before: { word: 'one', sync_source: null },
    after: { word: 'two', sync_source: null },
    position: place(100),
    commitPosition: null,
    committedAtMs: 0,
    estimatedCommitMs: 0,
    movedFrom: null,
    movedTo: null,
    traceparent: null,
    ...overrides,
  };
}

function ask(
  event: Partial<ChangeEvent>,
  question: Partial<EchoQuestion> = {},
): ReturnType<typeof judgeEcho> {
  return judgeEcho({
    event: change(event),
    reverseDirection: 'revamp-to-legacy',
    actingGuard: 'source_column',
    spentStamp: null,
    digest: () => 'digest',
    twinKnown: true,
    ...question,
  });
}

const updatedTo = (stamp: string | null): Partial<ChangeEvent> => ({
  after: { word: 'two', sync_source: stamp },
});
const edit = { kind: 'edit', leak: false };

describe('the source column guard', () => {
  it('I4: takes an unspent stamp over its own content for an echo and spends it', () => {
    expect(ask(updatedTo(stampAt(7)))).toEqual({ kind: 'echo', spends: place(7) });
  });

  it('I5: takes an update that leaves the spent stamp alone right after a sync write for an edit', () => {
    expect(ask(updatedTo(stampAt(7)), { spentStamp: place(7), digest: () => 'other' })).toEqual(edit);
  });

  it('I5: takes a save that writes an old stamp back for an edit, even over the content the stamp was written for', () => {
    expect(ask(updatedTo(stampAt(5)), { spentStamp: place(7) })).toEqual(edit);
  });

  it('I4 and I5: doubts an unspent stamp over other content, never writes it, and spends the stamp', () => {
    expect(ask(updatedTo(stampAt(7)), { digest: () => 'other' })).toEqual({
      kind: 'doubtful',
      spends: place(7),
    });
  });

  it('I5: takes a change without a stamp, or with a stamp of another direction, for an edit', () => {
    expect(ask(updatedTo(null))).toEqual(edit);
    expect(ask(updatedTo('imported by hand'))).toEqual(edit);
    expect(ask(updatedTo(stampAt(7, 'digest', 'legacy-to-revamp')))).toEqual(edit);
  });

  it('I4: takes a stamped insert of a known twin for an echo', () => {
    const insert: Partial<ChangeEvent> = { operation: 'create', before: null, ...updatedTo(stampAt(7)) };
    expect(ask(insert)).toEqual({ kind: 'echo', spends: place(7) });
  });

  it('I4 and I5: doubts a stamped insert without a twin: a copied row, or a sync insert whose link has given way', () => {
    const insert: Partial<ChangeEvent> = { operation: 'create', before: null, ...updatedTo(stampAt(7)) };
    expect(ask(insert, { twinKnown: false })).toEqual({ kind: 'doubtful', spends: place(7) });
  });

  it('I5: spends the stamp a moved row brings to its new key, so that it cannot hide a later edit', () => {
    const move: Partial<ChangeEvent> = {
      operation: 'create',
      before: null,
      movedFrom: '0',
      ...updatedTo(stampAt(7)),
    };
    expect(ask(move)).toEqual({ kind: 'doubtful', spends: place(7) });
  });

  it('I4: takes the stamping update before a delete for an echo that spends nothing, and the delete for one that spends', () => {
    const marked = { word: 'two', sync_source: stampAt(9, deletedContent) };
    expect(ask({ after: marked })).toEqual({ kind: 'echo', spends: null });
    expect(ask({ operation: 'delete', before: marked, after: null })).toEqual({
      kind: 'echo',
      spends: place(9),
    });
    expect(ask({ operation: 'delete', before: marked, after: null }, { spentStamp: place(9) })).toEqual(edit);
  });

  it("I5: takes an application's delete of a synced row for an edit, whether its stamp is spent or not", () => {
    const row = { word: 'two', sync_source: stampAt(7) };
    expect(ask({ operation: 'delete', before: row, after: null })).toEqual(edit);
    expect(ask({ operation: 'delete', before: row, after: null }, { spentStamp: place(7) })).toEqual(edit);
  });

  it('I4: takes the move onto a placeholder for an echo that spends nothing', () => {
    expect(ask(updatedTo(stampAt(7, placeholderContent)))).toEqual({ kind: 'echo', spends: null });
  });

  it('leaves snapshot reads to comparing, whatever stamp they carry', () => {
    expect(
      ask({ operation: 'read', before: null, snapshot: 'incremental', ...updatedTo(stampAt(7)) }),
    ).toEqual(edit);
  });
});

describe('the log origin guard', () => {
  const byOrigin: Partial<EchoQuestion> = { actingGuard: 'log_origin' };

  it('I5: never drops a live event', () => {
    const marked = { word: 'two', sync_source: stampAt(9, deletedContent) };
    expect(ask(updatedTo(stampAt(7)), byOrigin).kind).toBe('edit');
    expect(ask(updatedTo(stampAt(7)), { ...byOrigin, digest: () => 'other' })).toEqual(edit);
    expect(ask({ operation: 'delete', before: marked, after: null }, byOrigin)).toEqual(edit);
  });

  it('raises an alarm for an unspent stamp over its own content, and only then', () => {
    expect(ask(updatedTo(stampAt(7)), byOrigin)).toEqual({ kind: 'edit', leak: true });
    expect(ask(updatedTo(stampAt(7)), { ...byOrigin, spentStamp: place(7) })).toEqual(edit);
  });
});
