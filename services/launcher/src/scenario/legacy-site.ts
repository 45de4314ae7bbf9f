import pg from 'pg';
import type {
  LikeRow,
  NewPost,
  NewUser,
  OpenTransaction,
  PostChanges,
  PostRow,
  Site,
  SiteSession,
  UserChanges,
  UserRow,
} from './site.js';

const instantText = (column: string): string =>
  `to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`;

const userColumns =
  `id::text, username as "userName", email, full_name as "fullName", phone_number as phone, status, ` +
  `${instantText('created_at')} as "createdAt", ${instantText('updated_at')} as "updatedAt", sync_source as "syncSource"`;

const tables = { users: 'legacy_users', posts: 'legacy_posts', likes: 'legacy_likes' } as const;

/** The PostgreSQL application. @param url its own user's, complete */
export function openLegacySite(url: string): Site {
  const pool = new pg.Pool({ connectionString: url, max: 6, application_name: 'legacy-application' });
  pool.on('error', () => undefined);
  const counter = { rowChanges: 0 };
  return {
    name: 'legacy',
    rowChanges: () => counter.rowChanges,
    ...createSession(pool, counter),
    begin: async () => openTransaction(await pool.connect(), counter),
    async changeUserKey(userId) {
      const result = await pool.query<{ id: string }>(
        `update legacy_users set id = nextval(pg_get_serial_sequence('legacy_users', 'id')), updated_at = clock_timestamp()
         where id = $1 returning id::text`,
        [userId],
      );
      counter.rowChanges += 2;
      return firstId(result.rows);
    },
    close: () => pool.end(),
  };
}

interface ChangeCounter {
  rowChanges: number;
}

async function openTransaction(client: pg.PoolClient, counter: ChangeCounter): Promise<OpenTransaction> {
  let isOpen = true;
  const end = async (statement: 'commit' | 'rollback'): Promise<void> => {
    if (!isOpen) return;
    isOpen = false;
    try {
      await client.query(statement);
    } finally {
      client.release();
    }
  };
  await client.query('begin');
  return { ...createSession(client, counter), commit: () => end('commit'), rollback: () => end('rollback') };
}

function createSession(client: pg.Pool | pg.PoolClient, counter: ChangeCounter): SiteSession {
  const write = async (text: string, values: readonly unknown[]): Promise<pg.QueryResult<{ id: string }>> => {
    const result = await client.query<{ id: string }>(text, [...values]);
    counter.rowChanges += result.rowCount ?? 0;
    return result;
  };
  const update = async (table: string, id: string, assignments: Record<string, unknown>): Promise<void> => {
    const { updated_at: updatedAt, ...others } = assignments;
    const given = Object.entries(others).filter(([, value]) => value !== undefined);
    const settings = given.map(([column], index) => `${column} = $${index + 3}`);
    await write(
      `update ${table} set ${[...settings, 'updated_at = coalesce($2::timestamptz, clock_timestamp())'].join(', ')} where id = $1`,
      [id, updatedAt ?? null, ...given.map(([, value]) => value)],
    );
  };
  return {
    createUser: async (user) => firstId((await write(...insertUser(user))).rows),
    createPost: async (userId, post) => firstId((await write(...insertPost(userId, post))).rows),
    createLike: async (userId, postId) =>
      firstId(
        (
          await write('insert into legacy_likes (user_id, post_id) values ($1, $2) returning id::text', [
            userId,
            postId,
          ])
        ).rows,
      ),
    changeUser: (userId, changes) => update('legacy_users', userId, userAssignments(changes)),
    changePost: (postId, changes) => update('legacy_posts', postId, postAssignments(changes)),
    async remove(entity, id) {
      await write(`delete from ${tables[entity]} where id = $1`, [id]);
    },
    ...createFinders(client),
  };
}

type Finders = Pick<SiteSession, 'findUser' | 'findPost' | 'findLike' | 'countUsers'>;

function createFinders(client: pg.Pool | pg.PoolClient): Finders {
  return {
    async findUser(email) {
      const text = `select ${userColumns} from legacy_users where email = $1`;
      return (await client.query<UserRow & pg.QueryResultRow>(text, [email])).rows[0];
    },
    async findPost(userId, title) {
      const text = `select id::text, title, body, status, ${instantText('created_at')} as "createdAt",
        ${instantText('updated_at')} as "updatedAt" from legacy_posts where user_id = $1 and title = $2`;
      return (await client.query<PostRow & pg.QueryResultRow>(text, [userId, title])).rows[0];
    },
    async findLike(userId, postId) {
      const text = `select id::text, ${instantText('created_at')} as "createdAt" from legacy_likes
        where user_id = $1 and post_id = $2`;
      return (await client.query<LikeRow & pg.QueryResultRow>(text, [userId, postId])).rows[0];
    },
    async countUsers(emailEnding) {
      const text = 'select count(*)::int as users from legacy_users where right(email, length($1)) = $1';
      return (await client.query<{ users: number }>(text, [emailEnding])).rows[0]?.users ?? 0;
    },
  };
}

type Statement = [text: string, values: readonly unknown[]];

function insertUser(user: NewUser): Statement {
  return [
    `insert into legacy_users (username, email, full_name, phone_number, status, created_at, updated_at)
     values ($1, $2, $3, $4, $5, coalesce($6::timestamptz, clock_timestamp()), coalesce($7::timestamptz, clock_timestamp()))
     returning id::text`,
    [
      user.userName,
      user.email,
      user.fullName ?? null,
      user.phone ?? null,
      user.status ?? 'active',
      user.createdAt ?? null,
      user.updatedAt ?? null,
    ],
  ];
}

function insertPost(userId: string, post: NewPost): Statement {
  return [
    `insert into legacy_posts (user_id, title, body, status, created_at, updated_at)
     values ($1, $2, $3, $4, coalesce($5::timestamptz, clock_timestamp()), coalesce($6::timestamptz, clock_timestamp()))
     returning id::text`,
    [
      userId,
      post.title,
      post.body ?? null,
      post.status ?? 'draft',
      post.createdAt ?? null,
      post.updatedAt ?? null,
    ],
  ];
}

function userAssignments(changes: UserChanges): Record<string, unknown> {
  return {
    username: changes.userName,
    email: changes.email,
    full_name: changes.fullName,
    phone_number: changes.phone,
    status: changes.status,
    updated_at: changes.updatedAt,
    sync_source: changes.syncSource,
  };
}

function postAssignments(changes: PostChanges): Record<string, unknown> {
  return { title: changes.title, body: changes.body, status: changes.status, updated_at: changes.updatedAt };
}

function firstId(rows: readonly { id: string }[]): string {
  const [row] = rows;
  if (!row) throw new Error('legacy: the statement changed no row');
  return row.id;
}
