/** A change of one site's table that its mapping cannot absorb, as the direction that reads the site meets it. */
export interface SourceChange {
  readonly title: string;
  readonly site: 'legacy' | 'revamp';
  /** The table that waits, by its entity. */
  readonly table: 'posts' | 'likes';
  /** At the site. */
  readonly change: string;
  /** What the site's application then writes; none where there is nothing left to write to. */
  readonly write: string | null;
  readonly errorCode: string;
  readonly what: RegExp;
  readonly statement: RegExp;
  /** Whether the mapping, changed, would do without. */
  readonly hasPatch: boolean;
  /** What the application writes once the table is as it was, where nothing waited. */
  readonly writeAfter: string | null;
  /** Answers one row at the other site once the write has crossed. */
  readonly arrived: string;
}

const legacyPost = (headline: string): string =>
  `insert into legacy_posts (user_id, title) select id, '${headline}' from legacy_users where username = 'author'`;
const revampPost = (headline: string): string =>
  `insert into revamp_posts (author_id, headline) select id, '${headline}' from revamp_users where user_name = 'author'`;
const inRevamp = (headline: string): string =>
  `select id from revamp_posts where headline = '${headline}' and content is null`;
const inLegacy = (title: string): string =>
  `select id from legacy_posts where title = '${title}' and body is null`;

export const sourceChanges: readonly SourceChange[] = [
  {
    title: 'a dropped column',
    site: 'legacy',
    table: 'posts',
    change: 'alter table legacy_posts drop column body',
    write: legacyPost('no body left'),
    errorCode: 'column_missing',
    what: /public\.legacy_posts has no column "body"/,
    statement: /^ALTER TABLE "public"\."legacy_posts" ADD COLUMN "body" text/,
    hasPatch: true,
    writeAfter: null,
    arrived: inRevamp('no body left'),
  },
  {
    title: 'a column of a type that is not captured',
    site: 'legacy',
    table: 'posts',
    change: 'alter table legacy_posts alter column body type box using null',
    write: legacyPost('a box for a body'),
    errorCode: 'schema_incompatible',
    what: /public\.legacy_posts\.body is box, the mapping declares text; it can be nothing that can be carried/,
    statement: /^ALTER TABLE "public"\."legacy_posts" ALTER COLUMN "body" TYPE text USING/,
    hasPatch: false,
    writeAfter: null,
    arrived: inRevamp('a box for a body'),
  },
  {
    title: 'a column of a type whose events look like text',
    site: 'legacy',
    table: 'posts',
    change: 'alter table legacy_posts alter column body type tstzrange using null',
    write: null,
    errorCode: 'schema_incompatible',
    what: /public\.legacy_posts\.body is tstzrange, the mapping declares text/,
    statement: /^ALTER TABLE "public"\."legacy_posts" ALTER COLUMN "body" TYPE text USING/,
    hasPatch: false,
    writeAfter: legacyPost('text again'),
    arrived: inRevamp('text again'),
  },
  {
    title: 'a dropped table',
    site: 'legacy',
    table: 'likes',
    change: 'drop table legacy_likes',
    write: null,
    errorCode: 'table_missing',
    what: /the table public\.legacy_likes does not exist/,
    statement: /^CREATE TABLE "public"\."legacy_likes" \(/,
    hasPatch: false,
    writeAfter: `insert into legacy_likes (id, user_id, post_id, created_at)
      select 1000, user_id, id, current_timestamp from legacy_posts order by id desc limit 1`,
    arrived: 'select count(*) from revamp_likes having count(*) = 2',
  },
  {
    title: 'a dropped column',
    site: 'revamp',
    table: 'posts',
    change: 'alter table revamp_posts drop column content',
    write: revampPost('no content left'),
    errorCode: 'column_missing',
    what: /revamp_db\.revamp_posts has no column "content"/,
    statement: /^ALTER TABLE `revamp_db`\.`revamp_posts` ADD COLUMN `content` longtext/,
    hasPatch: true,
    writeAfter: null,
    arrived: inLegacy('no content left'),
  },
  {
    title: 'a column that turned into bytes',
    site: 'revamp',
    table: 'posts',
    change: 'alter table revamp_posts modify content longblob null',
    write: revampPost('bytes for content'),
    errorCode: 'schema_incompatible',
    what: /revamp_db\.revamp_posts\.content is longblob, the mapping declares text/,
    statement: /^ALTER TABLE `revamp_db`\.`revamp_posts` MODIFY COLUMN `content` longtext/,
    hasPatch: true,
    writeAfter: null,
    arrived: inLegacy('bytes for content'),
  },
  {
    title: 'a dropped table',
    site: 'revamp',
    table: 'likes',
    change: 'drop table revamp_likes',
    write: null,
    errorCode: 'table_missing',
    what: /the table revamp_db\.revamp_likes does not exist/,
    statement: /^CREATE TABLE `revamp_db`\.`revamp_likes` \(/,
    hasPatch: false,
    writeAfter: `insert into revamp_likes (id, user_id, post_id, created_at)
      select 2000, author_id, id, current_timestamp(6) from revamp_posts order by id desc limit 1`,
    arrived: 'select count(*) from legacy_likes having count(*) = 2',
  },
];
