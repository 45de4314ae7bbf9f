import { createMysqlPool, createPostgresPool } from '@rowbridge/database-access';
import type { RunningSystem } from '@rowbridge/launcher';

export type BenchSide = 'legacy' | 'revamp';

/** A user row as both sides can write and read it. */
export interface BenchUser {
  readonly name: string;
  readonly email: string;
  /** `YYYY-MM-DD HH:MM:SS.ffffff`, UTC. */
  readonly updatedAt: string;
}

/** One side's application: its own user, its own connection. */
export interface BenchApplication {
  insertInOneTransaction(users: readonly BenchUser[]): Promise<void>;
  update(user: BenchUser): Promise<void>;
  /** `updated_at` as text by e-mail, of the users that are there. */
  read(emails: readonly string[]): Promise<ReadonlyMap<string, string>>;
  close(): Promise<void>;
}

const rowsPerStatement = 5_000;

export function openApplication(system: RunningSystem, side: BenchSide): BenchApplication {
  const url = system.databases[side].applicationUrl;
  return side === 'legacy' ? legacyApplication(url) : revampApplication(url);
}

function* slices<Item>(items: readonly Item[]): Generator<readonly Item[]> {
  for (let begin = 0; begin < items.length; begin += rowsPerStatement)
    yield items.slice(begin, begin + rowsPerStatement);
}

function legacyApplication(url: string): BenchApplication {
  const pool = createPostgresPool({ url, maxOpen: 2 });
  return {
    async insertInOneTransaction(users) {
      const client = await pool.connect();
      try {
        await client.query('begin');
        for (const slice of slices(users)) {
          await client.query(
            `insert into legacy_users (username, email, full_name, status, created_at, updated_at)
             select name, email, name, 'active', at, at
             from unnest($1::text[], $2::text[], $3::timestamptz[]) as input (name, email, at)`,
            [
              slice.map(({ name }) => name),
              slice.map(({ email }) => email),
              slice.map(({ updatedAt }) => `${updatedAt}Z`),
            ],
          );
        }
        await client.query('commit');
      } finally {
        client.release();
      }
    },
    async update({ name, email, updatedAt }) {
      await pool.query('update legacy_users set full_name = $1, updated_at = $2 where email = $3', [
        name,
        `${updatedAt}Z`,
        email,
      ]);
    },
    async read(emails) {
      const { rows } = await pool.query<{ email: string; at: string }>({
        text: `select email, to_char(updated_at at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS.US') as at
               from legacy_users where email = any ($1)`,
        values: [emails],
        name: 'read',
      });
      return new Map(rows.map(({ email, at }) => [email, at]));
    },
    close: () => pool.end(),
  };
}

function revampApplication(url: string): BenchApplication {
  const pool = createMysqlPool({ url, maxOpen: 2 });
  return {
    async insertInOneTransaction(users) {
      const connection = await pool.getConnection();
      try {
        await connection.beginTransaction();
        for (const slice of slices(users)) {
          await connection.query(
            'insert into revamp_users (user_name, email_address, display_name, account_status, created_at, updated_at) values ?',
            [slice.map(({ name, email, updatedAt }) => [name, email, name, 'ACTIVE', updatedAt, updatedAt])],
          );
        }
        await connection.commit();
      } finally {
        connection.release();
      }
    },
    async update({ name, email, updatedAt }) {
      await pool.query('update revamp_users set display_name = ?, updated_at = ? where email_address = ?', [
        name,
        updatedAt,
        email,
      ]);
    },
    async read(emails) {
      const [rows] = await pool.query(
        'select email_address, updated_at from revamp_users where email_address in (?)',
        [emails],
      );
      const users = rows as { email_address: string; updated_at: string }[];
      return new Map(users.map((user) => [user.email_address, user.updated_at]));
    },
    close: () => pool.end(),
  };
}

/** Now, as a timestamp of six digits that is later than any before it. */
export function nextInstant(): string {
  lastMicroseconds = Math.max(
    lastMicroseconds + 1,
    Math.floor((performance.timeOrigin + performance.now()) * 1_000),
  );
  const milliseconds = Math.floor(lastMicroseconds / 1_000);
  const rest = String(lastMicroseconds % 1_000).padStart(3, '0');
  return `${new Date(milliseconds).toISOString().replace('T', ' ').replace('Z', '')}${rest}`;
}

let lastMicroseconds = 0;
