import { ownUser, ownPost, type Crossing, type Stage } from './stage.js';
import { inTransaction } from './site.js';

/** Each site deletes a user with posts and likes in one transaction, while the three tables travel separately. */
export async function familyDeletion(stage: Stage): Promise<void> {
  await Promise.all(stage.crossings.map((crossing) => deleteFamily(stage, crossing)));
}

async function deleteFamily(stage: Stage, { from, to }: Crossing): Promise<void> {
  const { here, there } = await stage.registerEverywhere({ from, to }, stage.newUser(`leaving-${from.name}`));
  const postIds: string[] = [];
  const likeIds: string[] = [];
  for (const name of ['first', 'second', 'third']) {
    const title = stage.title(`${name} post of a user leaving ${from.name}`);
    const postId = await from.createPost(here.id, { title, body: name });
    postIds.push(postId);
    likeIds.push(await from.createLike(here.id, postId));
    const post = await ownPost(from, here.id, title);
    const twin = await stage.awaitPost(to, there.id, {
      post,
      what: `the post written at ${from.name} to appear at ${to.name}`,
    });
    await stage.await(`the like given at ${from.name} to appear at ${to.name}`, () =>
      to.findLike(there.id, twin.id),
    );
  }
  const { email } = await ownUser(from, here.email);
  await inTransaction(from, async (session) => {
    for (const likeId of likeIds) await session.remove('likes', likeId);
    for (const postId of postIds) await session.remove('posts', postId);
    await session.remove('users', here.id);
  });
  await stage.awaitNoUser(
    to,
    email,
    `a user deleted with all posts and likes at ${from.name} to be gone at ${to.name}`,
  );
}
