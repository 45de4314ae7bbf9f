import type { RawRecord } from '@rowbridge/change-event';
import type { DeadLetterEntry } from '@rowbridge/control-store';
import { deriveDirectionPlan, type TablePlan } from '@rowbridge/mapping';
import { legacyRevamp } from '@rowbridge/pair-legacy-revamp';
import type { DecodedLetter } from './letter-decoder.js';
import { viewDetail, type LetterContent } from './letter-view.js';

const plan = deriveDirectionPlan(legacyRevamp, 'legacy');
const users = plan.tables.find(({ entity }) => entity === 'users') as TablePlan;

const letter: RawRecord = {
  topic: 'sync.dlq',
  partition: 0,
  offset: 1n,
  timestampMs: 0,
  key: Buffer.from('key'),
  value: Buffer.from('value'),
  headers: [
    { name: 'traceparent', value: Buffer.from('00-trace') },
    { name: 'sender', value: Buffer.from('ada@example.test') },
  ],
};
const row = { id: '7', username: 'ada', email: 'ada@example.test', status: 'actve', forgotten: 'canary' };
const content = {
  key: '7',
  decoded: {
    kind: 'change',
    event: { operation: 'update', committedAtMs: 0, before: { ...row, status: 'active' }, after: row },
  },
} as unknown as DecodedLetter;
const entry = {
  id: '0-1',
  errorCode: 'unknown_value_word',
  firstFailedAtMs: 0,
  lastFailedAtMs: 0,
  settledAtMs: null,
  queue: { partition: 0, offset: 1 },
  source: { topic: 'legacy.public.legacy_users', partition: 0, offset: 5 },
} as unknown as DeadLetterEntry;

const view = (changes: Partial<LetterContent> = {}): ReturnType<typeof viewDetail> =>
  viewDetail({ entry, topic: 'sync.dlq', letter, content, table: users, unmask: false, ...changes });

describe('a dead letter as it is shown', () => {
  it('masks personal columns in both images, and columns that nobody declared, unless they may be seen', () => {
    const { payload, headers } = view();
    expect(payload).toMatchObject({
      state: 'decoded',
      before: { status: { value: 'active', masked: false }, email: { value: null, masked: true } },
      after: {
        id: { value: '7', masked: false },
        username: { value: 'ada', masked: false },
        status: { value: 'actve', masked: false },
        email: { value: null, masked: true },
        forgotten: { value: null, masked: true },
      },
    });
    expect(headers).toEqual([
      { name: 'traceparent', value: '00-trace' },
      { name: 'sender', value: '16 bytes' },
    ]);
    expect(JSON.stringify(view())).not.toMatch(/ada@|canary/);
    const seen = JSON.stringify(view({ unmask: true }));
    expect([seen.match(/ada@example\.test/g)?.length, seen.match(/canary/g)?.length]).toEqual([3, 2]);
  });

  it('masks a key that is personal, and every column of a table that is not mapped any more', () => {
    const personal = { ...users, piiKey: true as const };
    expect(view({ table: personal }).payload).toMatchObject({ after: { id: { value: null, masked: true } } });
    const gone = view({ table: null });
    expect(gone.mapped).toBe(false);
    expect(JSON.stringify(gone.payload)).not.toMatch(/ada|actve|canary/);
  });

  it('says why there is nothing to show', () => {
    const omitted = { name: 'x-sync-body-omitted', value: Buffer.from('9000000') };
    const large = view({ letter: { ...letter, value: null, headers: [omitted] } });
    expect(large.payload).toMatchObject({ state: 'absent', why: expect.stringContaining('9000000 bytes') });
    expect(view({ letter: null }).payload).toMatchObject({ state: 'gone' });
  });
});
