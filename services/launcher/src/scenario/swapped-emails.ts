import { ownUser, type Crossing, type Stage } from './stage.js';
import { inTransaction } from './site.js';

/** Two users swap their e-mails in one transaction: neither can be written first at the other site. */
export async function swappedEmails(stage: Stage): Promise<void> {
  await Promise.all(stage.crossings.map((crossing) => swap(stage, crossing)));
}

async function swap(stage: Stage, { from, to }: Crossing): Promise<void> {
  const [first, second] = await Promise.all([
    stage.registerEverywhere({ from, to }, stage.newUser(`swap-one-${from.name}`)),
    stage.registerEverywhere({ from, to }, stage.newUser(`swap-two-${from.name}`)),
  ]);
  await inTransaction(from, async (session) => {
    await session.changeUser(first.here.id, { email: stage.email(`between-${from.name}`) });
    await session.changeUser(second.here.id, { email: first.here.email });
    await session.changeUser(first.here.id, { email: second.here.email });
  });
  for (const email of [first.here.email, second.here.email]) {
    const expected = await ownUser(from, email);
    const there = await stage.awaitUser(
      to,
      expected,
      `e-mails swapped at ${from.name} to be swapped at ${to.name}`,
    );
    const original = email === first.here.email ? second.there.id : first.there.id;
    if (there.id !== original)
      throw new Error(`${to.name} moved the rows instead of the e-mails swapped at ${from.name}`);
  }
}
