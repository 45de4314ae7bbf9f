import type { Crossing, Stage } from './stage.js';

/** Users each site registers; each writes a post, likes it and is edited, one row a transaction. */
const usersPerSite = 60;

/** Steady single-row changes at both sites, so that lag is measured over more than a handful of rows. */
export async function ordinaryTraffic(stage: Stage): Promise<void> {
  await Promise.all(stage.crossings.map((crossing) => live(stage, crossing)));
}

async function live(stage: Stage, { from, to }: Crossing): Promise<void> {
  const ending = `-visitor-${from.name}${stage.emailEnding}`;
  for (let visitor = 1; visitor <= usersPerSite; visitor += 1) {
    const userId = await from.createUser({
      ...stage.newUser(`visitor-${from.name}`),
      email: `${visitor}${ending}`,
    });
    const postId = await from.createPost(userId, { title: stage.title(`visit ${visitor}`), body: '…' });
    await from.createLike(userId, postId);
    await from.changePost(postId, { status: 'published' });
    await from.changeUser(userId, { phone: String(visitor) });
  }
  await stage.await(`${usersPerSite} visitors of ${from.name} to appear at ${to.name}`, async () => {
    return (await to.countUsers(ending)) === usersPerSite;
  });
}
