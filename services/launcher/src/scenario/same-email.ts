import { sameUser, type Stage } from './stage.js';
import type { OpenTransaction, UserValues } from './site.js';

/** The same e-mail is registered at both sites before either can know: one person, and the later values win. */
export async function sameEmail(stage: Stage): Promise<void> {
  const second = Math.floor(Date.now() / 1_000);
  const email = stage.email('both');
  const createdAt = instant(second, 100);
  const atLegacy = stage.newUser('both', {
    fullName: 'Registered at legacy',
    createdAt,
    updatedAt: instant(second, 200),
  });
  const atRevamp = stage.newUser('both', {
    fullName: 'Registered at revamp',
    createdAt,
    updatedAt: instant(second, 201),
  });

  const transactions: OpenTransaction[] = [];
  try {
    for (const [site, user] of [
      [stage.legacy, atLegacy],
      [stage.revamp, atRevamp],
    ] as const) {
      const transaction = await site.begin();
      transactions.push(transaction);
      await transaction.createUser(user);
    }
    await Promise.all(transactions.map((transaction) => transaction.commit()));
  } finally {
    await Promise.all(transactions.map((transaction) => transaction.rollback()));
  }
  await stage.await(
    'the e-mail registered at both sites at once to be one person with the later values',
    async () => {
      const [legacy, revamp] = await Promise.all([
        stage.legacy.findUser(email),
        stage.revamp.findUser(email),
      ]);
      const isWinner = (row: UserValues): boolean =>
        row.updatedAt === atRevamp.updatedAt && row.fullName === atRevamp.fullName;
      return legacy !== undefined && revamp !== undefined && sameUser(legacy, revamp) && isWinner(revamp);
    },
  );
}

/** An instant of that second since the epoch, with microseconds. */
function instant(second: number, microseconds: number): string {
  const withoutFraction = new Date(second * 1_000).toISOString().slice(0, 19);
  return `${withoutFraction}.${String(microseconds).padStart(6, '0')}Z`;
}
