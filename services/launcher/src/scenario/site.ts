/**
 * A site as the application that owns it sees it: people, posts and likes, in the application's own words. Instants are
 * text, `YYYY-MM-DDTHH:MM:SS.ffffffZ`; ids are text, because neither site's ids fit a JavaScript number for ever.
 */
export type SiteName = 'legacy' | 'revamp';

export type UserStatus = 'active' | 'inactive' | 'suspended' | 'pending';

export type PostStatus = 'draft' | 'published' | 'archived';

export interface UserValues {
  readonly userName: string;
  readonly email: string;
  readonly fullName: string | null;
  readonly phone: string | null;
  readonly status: UserStatus;
  readonly createdAt: string;
  readonly updatedAt: string;
}

export interface UserRow extends UserValues {
  readonly id: string;
  /** The bookkeeping column, which the application carries along without knowing what it is. */
  readonly syncSource: string | null;
}

export interface PostValues {
  readonly title: string;
  readonly body: string | null;
  readonly status: PostStatus;
  readonly createdAt: string;
  readonly updatedAt: string;
}

export interface PostRow extends PostValues {
  readonly id: string;
}

export interface LikeRow {
  readonly id: string;
  readonly createdAt: string;
}

/** What a new user may leave out: times are the server's clock, status `active`, names NULL. */
export type NewUser = Pick<UserValues, 'userName' | 'email'> & Partial<UserValues>;

export type NewPost = Pick<PostValues, 'title'> & Partial<PostValues>;

/** Columns an edit sets; `updatedAt` is the server's clock unless given, `syncSource` is left alone unless given. */
export type UserChanges = Partial<Omit<UserRow, 'id' | 'createdAt'>>;

export type PostChanges = Partial<Omit<PostRow, 'id' | 'createdAt'>>;

/** Statements of one connection: outside a transaction each commits by itself. */
export interface SiteSession {
  /** @returns the new user's id */
  createUser(user: NewUser): Promise<string>;
  /** @returns the new post's id */
  createPost(userId: string, post: NewPost): Promise<string>;
  /** @returns the new like's id */
  createLike(userId: string, postId: string): Promise<string>;
  changeUser(userId: string, changes: UserChanges): Promise<void>;
  changePost(postId: string, changes: PostChanges): Promise<void>;
  /** Deletes a row. @returns whether there was one */
  remove(entity: 'users' | 'posts' | 'likes', id: string): Promise<void>;
  findUser(email: string): Promise<UserRow | undefined>;
  findPost(userId: string, title: string): Promise<PostRow | undefined>;
  findLike(userId: string, postId: string): Promise<LikeRow | undefined>;
  /** How many users have an e-mail with this ending. */
  countUsers(emailEnding: string): Promise<number>;
}

/** A transaction that the caller ends, so that two sites can hold theirs open at the same time. */
export interface OpenTransaction extends SiteSession {
  commit(): Promise<void>;
  /** Does nothing after a commit. */
  rollback(): Promise<void>;
}

/** One application with its own database user. */
export interface Site extends SiteSession {
  readonly name: SiteName;
  /** Row changes committed or about to be: what a capture of this application alone would send. */
  readonly rowChanges: () => number;
  begin(): Promise<OpenTransaction>;
  /** Gives a user another primary key, never used before. @returns the new id */
  changeUserKey(userId: string): Promise<string>;
  close(): Promise<void>;
}

/** Runs work in one transaction and commits it. */
export async function inTransaction(
  site: Site,
  work: (session: SiteSession) => Promise<void>,
): Promise<void> {
  const transaction = await site.begin();
  try {
    await work(transaction);
    await transaction.commit();
  } finally {
    await transaction.rollback();
  }
}
