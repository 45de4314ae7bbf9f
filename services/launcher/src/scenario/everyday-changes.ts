import { ownPost, ownUser, type Crossing, type Stage } from './stage.js';
import type { NewPost, NewUser, Site } from './site.js';

/** Values that a careless copy would bend: each must arrive exactly as it is. */
const awkwardUsers: readonly (Partial<NewUser> & { readonly name: string })[] = [
  { name: 'emoji', fullName: '👩‍🚀 Zoë 🇨🇭 ¡olé!', phone: '☎ 00', status: 'pending' },
  { name: 'quotes', fullName: `O'Brien "the \`tick\`" \\ back\\\\slash; drop table --`, phone: "''" },
  { name: 'nothing', fullName: null, phone: null, status: 'inactive' },
  { name: 'empty', fullName: '', phone: '' },
  { name: 'digits', fullName: '12345678901234567890', phone: '00000000000000000001', status: 'suspended' },
  { name: 'spaces', fullName: '  padded\tand\nbroken  ', phone: ' ' },
  {
    name: 'microseconds',
    fullName: 'One Microsecond',
    createdAt: '2024-02-29T23:59:59.000001Z',
    updatedAt: '2024-03-31T01:30:00.999999Z',
  },
];

const awkwardPosts: readonly (Partial<NewPost> & { readonly name: string })[] = [
  { name: 'long', body: 'é漢🙂'.repeat(3_000), status: 'published' },
  { name: 'without body', body: null },
  { name: 'empty body', body: '', status: 'archived' },
  {
    name: 'instant',
    body: '{"json": "\\u0041"}',
    createdAt: '2001-09-09T01:46:40.123456Z',
    updatedAt: '2038-01-01T00:00:00.000001Z',
  },
];

/** Inserts, updates and deletes of users, posts and likes at both sites at the same time. */
export async function everydayChanges(stage: Stage): Promise<void> {
  await Promise.all(stage.crossings.map((crossing) => liveThrough(stage, crossing)));
}

async function liveThrough(stage: Stage, { from, to }: Crossing): Promise<void> {
  const registered = await Promise.all(
    awkwardUsers.map(async ({ name, ...values }) => {
      const user = stage.newUser(`${name}-${from.name}`, values);
      const id = await from.createUser(user);
      return { id, email: user.email };
    }),
  );
  const [author, reader] = registered;
  if (!author || !reader) throw new Error('no user was registered');
  const titles = awkwardPosts.map(({ name }) => stage.title(`${name} of ${from.name}`));
  const postIds: string[] = [];
  for (const { name, ...values } of awkwardPosts) {
    postIds.push(
      await from.createPost(author.id, { ...values, title: stage.title(`${name} of ${from.name}`) }),
    );
  }
  for (const { id } of registered) await from.createLike(id, postIds[0] ?? '');

  const there = await awaitEverything(
    stage,
    { from, to },
    { emails: registered.map(({ email }) => email), author, titles },
  );
  await changeAndRemove(stage, { from, to }, { author, reader, titles, postIds, there });
}

interface Registered {
  readonly id: string;
  readonly email: string;
}

/** @returns ids of author, reader and the liked post at the other site */
async function awaitEverything(
  stage: Stage,
  { from, to }: Crossing,
  made: {
    readonly emails: readonly string[];
    readonly author: Registered;
    readonly titles: readonly string[];
  },
): Promise<{ author: string; reader: string; post: string }> {
  const ids = await Promise.all(
    made.emails.map(async (email) => {
      const row = await ownUser(from, email);
      return (await stage.awaitUser(to, row, `the user registered at ${from.name} to appear at ${to.name}`))
        .id;
    }),
  );
  const author = ids[0] ?? '';
  const posts = await Promise.all(
    made.titles.map(async (title) => {
      const post = await ownPost(from, made.author.id, title);
      return stage.awaitPost(to, author, {
        post,
        what: `the post written at ${from.name} to appear at ${to.name}`,
      });
    }),
  );
  const post = posts[0]?.id ?? '';
  for (const userId of ids) await awaitLike(stage, { from, to }, { userId, postId: post, present: true });
  return { author, reader: ids[1] ?? '', post };
}

function awaitLike(
  stage: Stage,
  { from, to }: Crossing,
  like: { readonly userId: string; readonly postId: string; readonly present: boolean },
): Promise<true> {
  const what = like.present ? 'given' : 'taken back';
  return stage.await(`the like ${what} at ${from.name} to be ${what} at ${to.name}`, async () => {
    const found = await to.findLike(like.userId, like.postId);
    return (found !== undefined) === like.present;
  });
}

interface MadeRows {
  readonly author: Registered;
  readonly reader: Registered;
  readonly titles: readonly string[];
  readonly postIds: readonly string[];
  /** Ids at the other site. */
  readonly there: { readonly author: string; readonly reader: string; readonly post: string };
}

async function changeAndRemove(stage: Stage, crossing: Crossing, made: MadeRows): Promise<void> {
  const { from, to } = crossing;
  const [likedPost = '', plainPost = ''] = made.postIds;
  await from.changeUser(made.author.id, { fullName: null, phone: '+41 00 000 00 00', status: 'active' });
  await from.changePost(likedPost, { body: "now it's short", status: 'archived' });
  await removeLike(from, made.reader.id, likedPost);
  await from.remove('posts', plainPost);

  const author = await ownUser(from, made.author.email);
  await stage.awaitUser(to, author, `the change of a user at ${from.name} to be seen at ${to.name}`);
  const post = await ownPost(from, made.author.id, made.titles[0] ?? '');
  await stage.awaitPost(to, made.there.author, {
    post,
    what: `the change of a post at ${from.name} to be seen at ${to.name}`,
  });
  await awaitLike(stage, crossing, { userId: made.there.reader, postId: made.there.post, present: false });
  await stage.await(`the post deleted at ${from.name} to be gone at ${to.name}`, async () => {
    return (await to.findPost(made.there.author, made.titles[1] ?? '')) === undefined;
  });
}

async function removeLike(site: Site, userId: string, postId: string): Promise<void> {
  const like = await site.findLike(userId, postId);
  if (!like) throw new Error(`${site.name} does not show a like of its own`);
  await site.remove('likes', like.id);
}
