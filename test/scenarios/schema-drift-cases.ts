/** A change of one table that its mapping cannot absorb, what makes it felt, and what lets the table go on. */
export interface HoldingChange {
  readonly title: string;
  /** The table that waits, by its entity. */
  readonly table: 'users' | 'posts' | 'likes';
  /** At the revamp site, one after the other. */
  readonly change: readonly string[];
  /** What the legacy application then writes; `$1` is a user both sides know. */
  readonly write: string;
  readonly errorCode: string;
  readonly statement: RegExp;
  /** Whether the mapping, changed, would do without. */
  readonly hasPatch: boolean;
  /** Answers one row at the revamp site once the write has crossed. */
  readonly arrived: string;
}

export const holdingChanges: readonly HoldingChange[] = [
  {
    title: 'a dropped column',
    table: 'posts',
    change: ['alter table revamp_posts drop column content'],
    write: "insert into legacy_posts (user_id, title, body) values ($1, 'content gone', 'kept')",
    errorCode: 'column_missing',
    statement: /^ALTER TABLE `revamp_db`\.`revamp_posts` ADD COLUMN `content` longtext/,
    hasPatch: true,
    arrived: "select id from revamp_posts where headline = 'content gone' and content = 'kept'",
  },
  {
    title: 'a dropped table',
    table: 'likes',
    change: ['drop table revamp_likes'],
    write:
      'insert into legacy_likes (user_id, post_id) select $1, id from legacy_posts where user_id = $1 order by id limit 1',
    errorCode: 'table_missing',
    statement: /^CREATE TABLE `revamp_db`\.`revamp_likes` \(/,
    hasPatch: false,
    arrived: 'select id from revamp_likes',
  },
  {
    title: 'a narrowed column, once a value does not fit',
    table: 'posts',
    change: ['alter table revamp_posts modify headline varchar(30) not null'],
    write: "insert into legacy_posts (user_id, title) values ($1, repeat('narrow ', 10))",
    errorCode: 'schema_incompatible',
    statement: /MODIFY COLUMN `headline` varchar\(512\)/,
    hasPatch: false,
    arrived: "select id from revamp_posts where headline = repeat('narrow ', 10)",
  },
  {
    title: 'NOT NULL put on a column, once a NULL comes',
    table: 'posts',
    change: [
      "update revamp_posts set content = 'none' where content is null",
      'alter table revamp_posts modify content longtext not null',
    ],
    write: "insert into legacy_posts (user_id, title, body) values ($1, 'no body', null)",
    errorCode: 'schema_incompatible',
    statement: /MODIFY COLUMN `content` longtext .*null/,
    hasPatch: false,
    arrived: "select id from revamp_posts where headline = 'no body' and content is null",
  },
  {
    title: 'a new column that must have a value',
    table: 'posts',
    change: ['alter table revamp_posts add column editor bigint not null'],
    write: "insert into legacy_posts (user_id, title) values ($1, 'nobody edits')",
    errorCode: 'schema_incompatible',
    statement: /MODIFY COLUMN `editor` bigint/,
    hasPatch: false,
    arrived: "select id from revamp_posts where headline = 'nobody edits'",
  },
];
