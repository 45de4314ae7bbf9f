import {
  createPool,
  type Pool,
  type PoolConnection,
  type ResultSetHeader,
  type RowDataPacket,
} from 'mysql2/promise';
import type {
  LikeRow,
  NewPost,
  NewUser,
  OpenTransaction,
  PostChanges,
  PostRow,
  PostStatus,
  Site,
  SiteSession,
  UserChanges,
  UserRow,
  UserStatus,
} from './site.js';

/** The revamp application's own words; kept apart from the pair's tables, which the scenario checks. */
const userWords: Readonly<Record<UserStatus, string>> = {
  active: 'ACTIVE',
  inactive: 'INACTIVE',
  suspended: 'SUSPENDED',
  pending: 'PENDING_VERIFICATION',
};
const postWords: Readonly<Record<PostStatus, string>> = {
  draft: 'DRAFT',
  published: 'PUBLISHED',
  archived: 'ARCHIVED',
};

const instantText = (column: string): string => `date_format(${column}, '%Y-%m-%dT%H:%i:%s.%fZ')`;

const userColumns =
  `cast(id as char) as id, user_name as userName, email_address as email, display_name as fullName, mobile as phone, ` +
  `account_status as status, ${instantText('created_at')} as createdAt, ${instantText('updated_at')} as updatedAt, ` +
  `sync_source as syncSource`;

const tables = { users: 'revamp_users', posts: 'revamp_posts', likes: 'revamp_likes' } as const;

/** The MySQL or MariaDB application. @param url its own user's, complete */
export function openRevampSite(url: string): Site {
  const pool = createPool({ uri: url, connectionLimit: 6, charset: 'UTF8MB4_BIN', timezone: 'Z' });
  pool.pool.on('connection', (connection) => {
    connection.query("set session time_zone = '+00:00'", (failure: Error | null) => {
      if (failure) connection.destroy();
    });
  });
  const counter = { rowChanges: 0 };
  const begin = async (): Promise<OpenTransaction> => openTransaction(await pool.getConnection(), counter);
  return {
    name: 'revamp',
    rowChanges: () => counter.rowChanges,
    ...createSession(pool, counter),
    begin,
    async changeUserKey(userId) {
      const newId = await reserveUserId(pool, userId);
      await pool.query('update revamp_users set id = ?, updated_at = current_timestamp(6) where id = ?', [
        newId,
        userId,
      ]);
      counter.rowChanges += 2;
      return newId;
    },
    close: () => pool.end(),
  };
}

/** An id the server will not assign again: one it assigned to a row that was never committed. */
async function reserveUserId(pool: Pool, userId: string): Promise<string> {
  const connection = await pool.getConnection();
  try {
    await connection.beginTransaction();
    const [result] = await connection.query<ResultSetHeader>(
      "insert into revamp_users (user_name, email_address) values ('reserved', concat('reserved-', ?))",
      [userId],
    );
    return String(result.insertId);
  } finally {
    await connection.rollback();
    connection.release();
  }
}

interface ChangeCounter {
  rowChanges: number;
}

async function openTransaction(connection: PoolConnection, counter: ChangeCounter): Promise<OpenTransaction> {
  let isOpen = true;
  const end = async (work: () => Promise<void>): Promise<void> => {
    if (!isOpen) return;
    isOpen = false;
    try {
      await work();
    } finally {
      connection.release();
    }
  };
  await connection.beginTransaction();
  return {
    ...createSession(connection, counter),
    commit: () => end(() => connection.commit()),
    rollback: () => end(() => connection.rollback()),
  };
}

function createSession(client: Pool | PoolConnection, counter: ChangeCounter): SiteSession {
  const write = async (sql: string, values: readonly BoundValue[]): Promise<string> => {
    const [result] = await client.query<ResultSetHeader>(sql, [...values]);
    counter.rowChanges += result.affectedRows;
    return String(result.insertId);
  };
  const update = async (table: string, id: string, assignments: Assignments): Promise<void> => {
    const { updated_at: updatedAt, ...others } = assignments;
    const given = Object.entries(others).filter(([, value]) => value !== undefined);
    const settings = given.map(([column]) => `${column} = ?`);
    await write(
      `update ${table} set ${[...settings, 'updated_at = coalesce(?, current_timestamp(6))'].join(', ')} where id = ?`,
      [...given.map(([, value]) => value ?? null), serverInstant(updatedAt), id],
    );
  };
  return {
    createUser: (user) => write(...insertUser(user)),
    createPost: (userId, post) => write(...insertPost(userId, post)),
    createLike: (userId, postId) =>
      write('insert into revamp_likes (user_id, post_id) values (?, ?)', [userId, postId]),
    changeUser: (userId, changes) => update('revamp_users', userId, userAssignments(changes)),
    changePost: (postId, changes) => update('revamp_posts', postId, postAssignments(changes)),
    async remove(entity, id) {
      await write(`delete from ${tables[entity]} where id = ?`, [id]);
    },
    ...createFinders(client),
  };
}

type Finders = Pick<SiteSession, 'findUser' | 'findPost' | 'findLike' | 'countUsers'>;

function createFinders(client: Pool | PoolConnection): Finders {
  const find = async <Row>(sql: string, values: readonly string[]): Promise<Row | undefined> => {
    const [rows] = await client.query<RowDataPacket[]>(sql, [...values]);
    return rows[0] as Row | undefined;
  };
  return {
    async findUser(email) {
      const row = await find<UserRow>(`select ${userColumns} from revamp_users where email_address = ?`, [
        email,
      ]);
      return row && { ...row, status: ownWord(userWords, row.status) };
    },
    async findPost(userId, title) {
      const row = await find<PostRow>(
        `select cast(id as char) as id, headline as title, content as body, state as status,
           ${instantText('created_at')} as createdAt, ${instantText('updated_at')} as updatedAt
         from revamp_posts where author_id = ? and headline = ?`,
        [userId, title],
      );
      return row && { ...row, status: ownWord(postWords, row.status) };
    },
    findLike: (userId, postId) =>
      find<LikeRow>(
        `select cast(id as char) as id, ${instantText('created_at')} as createdAt from revamp_likes
         where user_id = ? and post_id = ?`,
        [userId, postId],
      ),
    async countUsers(emailEnding) {
      const row = await find<{ users: number }>(
        'select count(*) as users from revamp_users where right(email_address, char_length(?)) = ?',
        [emailEnding, emailEnding],
      );
      return row?.users ?? 0;
    },
  };
}

type BoundValue = string | null;

type Assignments = Readonly<Record<string, BoundValue | undefined>>;

type Statement = [sql: string, values: readonly BoundValue[]];

function insertUser(user: NewUser): Statement {
  return [
    `insert into revamp_users (user_name, email_address, display_name, mobile, account_status, created_at, updated_at)
     values (?, ?, ?, ?, ?, coalesce(?, current_timestamp(6)), coalesce(?, current_timestamp(6)))`,
    [
      user.userName,
      user.email,
      user.fullName ?? null,
      user.phone ?? null,
      userWords[user.status ?? 'active'],
      serverInstant(user.createdAt),
      serverInstant(user.updatedAt),
    ],
  ];
}

function insertPost(userId: string, post: NewPost): Statement {
  return [
    `insert into revamp_posts (author_id, headline, content, state, created_at, updated_at)
     values (?, ?, ?, ?, coalesce(?, current_timestamp(6)), coalesce(?, current_timestamp(6)))`,
    [
      userId,
      post.title,
      post.body ?? null,
      postWords[post.status ?? 'draft'],
      serverInstant(post.createdAt),
      serverInstant(post.updatedAt),
    ],
  ];
}

function userAssignments(changes: UserChanges): Assignments {
  return {
    user_name: changes.userName,
    email_address: changes.email,
    display_name: changes.fullName,
    mobile: changes.phone,
    account_status: changes.status && userWords[changes.status],
    updated_at: changes.updatedAt,
    sync_source: changes.syncSource,
  };
}

function postAssignments(changes: PostChanges): Assignments {
  return {
    headline: changes.title,
    content: changes.body,
    state: changes.status && postWords[changes.status],
    updated_at: changes.updatedAt,
  };
}

/** The server reads no zone letter; the session is at UTC. */
function serverInstant(instant: string | null | undefined): string | null {
  return instant == null ? null : instant.replace('T', ' ').replace('Z', '');
}

/** The shared word for one of the revamp application's; a word it does not know stays as it is, and so differs. */
function ownWord<Word extends string>(words: Readonly<Record<Word, string>>, stored: string): Word {
  const found = Object.entries<string>(words).find(([, word]) => word === stored);
  return (found?.[0] ?? stored) as Word;
}
