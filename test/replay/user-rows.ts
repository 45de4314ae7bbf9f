import type { StatedChange } from '../row-path/row-path-harness.js';

const createdAt = '2026-01-08T10:00:00.123456Z';
export const tooLong = 'a name too long';

export type Row = Record<string, string | null>;

export function user(key: string, fullName: string | null, second = 0): Row {
  return {
    username: `user ${key}`,
    email: `${key}@example.test`,
    full_name: fullName,
    phone_number: null,
    status: 'active',
    created_at: createdAt,
    updated_at: new Date(Date.parse(createdAt) + second * 1_000).toISOString(),
    sync_source: null,
  };
}

export const created = (key: string, fullName: string | null): StatedChange => ({
  entity: 'users',
  operation: 'create',
  key,
  after: user(key, fullName),
});

export const updated = (key: string, before: Row, after: Row): StatedChange => ({
  entity: 'users',
  operation: 'update',
  key,
  before,
  after,
});

/** What the application writes for a row that is new. */
export function insertion(key: string, row: Row): string {
  return `insert into legacy_users (id, username, email, full_name, status, created_at, updated_at)
    values (${key}, '${row['username'] ?? ''}', '${row['email'] ?? ''}', '${row['full_name'] ?? ''}', 'active',
      '${row['created_at'] ?? ''}', '${row['updated_at'] ?? ''}')`;
}
