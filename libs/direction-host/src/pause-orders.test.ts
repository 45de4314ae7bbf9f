import type { RawRecord } from '@rowbridge/change-event';
import { controlTopics } from '@rowbridge/control-protocol';
import type { DirectionPlan } from '@rowbridge/mapping';
import { createLogger } from '@rowbridge/observability';
import { PauseOrders } from './pause-orders.js';

const direction = 'legacy-to-revamp';
const plan = {
  name: direction,
  tables: [
    { topic: 'legacy.public.legacy_users', entity: 'users' },
    { topic: 'legacy.public.legacy_posts', entity: 'posts' },
  ],
} as unknown as DirectionPlan;

function message(key: string, content: object | null): RawRecord {
  const value = content && Buffer.from(JSON.stringify(content));
  const place = { topic: controlTopics.control, partition: 0, offset: 0n, timestampMs: 0 };
  return { ...place, key: Buffer.from(key), value, headers: [] };
}

function order(table: string | null, paused: boolean, change: object = {}): RawRecord {
  const key = table === null ? direction : `${direction}/${table}`;
  const content = { direction, table, paused, actor: 'ada', reason: null, orderedAtMs: 1, ...change };
  return message(key, content);
}

describe('PauseOrders', () => {
  let lines: string[];
  let changes: number;
  let pauses: PauseOrders;

  beforeEach(() => {
    lines = [];
    changes = 0;
    const destination = { write: (line: string) => void lines.push(line) };
    const logger = createLogger({ name: 'test', level: 'warn', destination });
    pauses = new PauseOrders({ plan, logger });
    pauses.onChange(() => (changes += 1));
  });

  it('pauses one table and lets the others, and what belongs to no table, go on', () => {
    pauses.take(order('users', true));
    expect(pauses.isTopicPaused('legacy.public.legacy_users')).toBe(true);
    expect(pauses.isTopicPaused('legacy.public.legacy_posts')).toBe(false);
    expect(pauses.isTopicPaused('rowbridge.second-looks')).toBe(false);
    expect(pauses.pausedTables).toEqual(['users']);
    expect(pauses.isDirectionPaused).toBe(false);
    pauses.take(order('users', false));
    expect(pauses.isTablePaused('users')).toBe(false);
    expect(changes).toBe(2);
  });

  it('pauses everything with the direction, and leaves a table paused by its own order when that ends', () => {
    pauses.take(order('users', true));
    pauses.take(order(null, true));
    expect(pauses.isTopicPaused('rowbridge.second-looks')).toBe(true);
    expect(pauses.isTablePaused('posts')).toBe(true);
    pauses.take(message(direction, null));
    expect(pauses.isTablePaused('posts')).toBe(false);
    expect(pauses.isTablePaused('users')).toBe(true);
  });

  it('tells of a change once, however often its order comes', () => {
    pauses.take(order('users', true));
    pauses.take(order('users', true));
    expect(changes).toBe(1);
  });

  it('passes by orders for other directions without a word', () => {
    pauses.take(message('revamp-to-legacy', { direction: 'revamp-to-legacy', paused: true }));
    pauses.take(message(`${direction}-two`, null));
    expect(lines).toEqual([]);
    expect(pauses.isDirectionPaused).toBe(false);
  });

  it.each([
    ['names another table than its key', order('users', false, { table: 'posts' })],
    ['names another direction than its key', order('users', false, { direction: 'elsewhere' })],
    ['lacks what an order must say', message(`${direction}/users`, { paused: false })],
    ['is no JSON', { ...order('users', false), value: Buffer.from('resume') }],
    ['names no table of the direction', order('likes', true)],
  ])('refuses with a warning an order that %s, and keeps what held before', (_case, refused) => {
    pauses.take(order('users', true));
    pauses.take(refused);
    expect(pauses.pausedTables).toEqual(['users']);
    expect(lines).toHaveLength(1);
    expect(changes).toBe(1);
  });
});
