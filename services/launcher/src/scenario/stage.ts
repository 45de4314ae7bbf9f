import { waitUntil } from './wait-until.js';
import type { NewUser, PostRow, Site, UserRow, UserValues } from './site.js';

export interface StageOptions {
  readonly legacy: Site;
  readonly revamp: Site;
  /** Appears in every name and e-mail of this run, so that a second run over the same data meets no row of the first. */
  readonly token: string;
  /** How long one change may take to be seen at the other site. */
  readonly deadlineMs: number;
  readonly abortSignal?: AbortSignal | undefined;
}

/** One of the two ways a change goes: from the site whose application makes it to the other. */
export interface Crossing {
  readonly from: Site;
  readonly to: Site;
}

/** Where the two applications act, and what they expect of each other. */
export class Stage {
  constructor(private readonly options: StageOptions) {}

  get legacy(): Site {
    return this.options.legacy;
  }

  get revamp(): Site {
    return this.options.revamp;
  }

  /** Both ways, legacy's changes first. */
  get crossings(): readonly [Crossing, Crossing] {
    const { legacy, revamp } = this.options;
    return [
      { from: legacy, to: revamp },
      { from: revamp, to: legacy },
    ];
  }

  get emailEnding(): string {
    return `@${this.options.token}.example`;
  }

  email(name: string): string {
    return `${name}${this.emailEnding}`;
  }

  /** A user of this run. */
  newUser(name: string, values: Partial<UserValues> = {}): NewUser {
    return {
      userName: `${name}-${this.options.token}`,
      email: this.email(name),
      fullName: `Name of ${name}`,
      ...values,
    };
  }

  title(name: string): string {
    return `${name} ${this.options.token}`;
  }

  /** Registers a user at one site and waits for the other. */
  async registerEverywhere(
    { from, to }: Crossing,
    user: NewUser,
  ): Promise<{ here: UserRow; there: UserRow }> {
    await from.createUser(user);
    const here = await from.findUser(user.email);
    if (!here) throw new Error(`${from.name} does not show the user it has just registered`);
    const there = await this.awaitUser(
      to,
      here,
      `the user registered at ${from.name} to appear at ${to.name}`,
    );
    return { here, there };
  }

  /** Waits until a site shows a user with these values, every one of them. */
  awaitUser(site: Site, expected: UserValues, what: string): Promise<UserRow> {
    return this.await(what, async () => {
      const row = await site.findUser(expected.email);
      return row && sameUser(row, expected) ? row : undefined;
    });
  }

  awaitNoUser(site: Site, email: string, what: string): Promise<true> {
    return this.await(what, async () => (await site.findUser(email)) === undefined);
  }

  /** Waits until a site shows a post of that author with the title and values of another. */
  awaitPost(
    site: Site,
    userId: string,
    expected: { readonly post: PostRow; readonly what: string },
  ): Promise<PostRow> {
    return this.await(expected.what, async () => {
      const row = await site.findPost(userId, expected.post.title);
      return row && samePost(row, expected.post) ? row : undefined;
    });
  }

  /** Polls with the stage's deadline. */
  await<Answer>(what: string, probe: () => Promise<Answer | undefined | false>): Promise<Answer> {
    const { deadlineMs, abortSignal } = this.options;
    return waitUntil({ what, deadlineMs, abortSignal }, probe);
  }
}

const userValueNames = [
  'userName',
  'email',
  'fullName',
  'phone',
  'status',
  'createdAt',
  'updatedAt',
] as const;

/** Whether two sites hold the same person, microseconds included; ids are each site's own. */
export function sameUser(left: UserValues, right: UserValues): boolean {
  return userValueNames.every((name) => left[name] === right[name]);
}

const postValueNames = ['title', 'body', 'status', 'createdAt', 'updatedAt'] as const;

function samePost(left: PostRow, right: PostRow): boolean {
  return postValueNames.every((name) => left[name] === right[name]);
}

/** The row a site holds after its own application's write. @throws Error when it is not there */
export async function ownUser(site: Site, email: string): Promise<UserRow> {
  const row = await site.findUser(email);
  if (!row) throw new Error(`${site.name} does not show a user of its own`);
  return row;
}

/** The same for a post. */
export async function ownPost(site: Site, userId: string, title: string): Promise<PostRow> {
  const row = await site.findPost(userId, title);
  if (!row) throw new Error(`${site.name} does not show a post of its own`);
  return row;
}
