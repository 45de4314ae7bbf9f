import { sameUser, type Stage } from './stage.js';
import type { OpenTransaction, SiteName, UserRow } from './site.js';

/** Both sites edit one row before either can know of the other's edit; both must end with the same winner. */
export async function concurrentEdits(stage: Stage): Promise<void> {
  await Promise.all([
    editBoth(stage, { name: 'later-legacy', secondsAhead: { legacy: 2, revamp: 1 }, winner: 'legacy' }),
    editBoth(stage, { name: 'later-revamp', secondsAhead: { legacy: 1, revamp: 2 }, winner: 'revamp' }),
    editBoth(stage, { name: 'same-time', secondsAhead: { legacy: 1, revamp: 1 }, winner: 'legacy' }),
  ]);
}

interface ConcurrentEdit {
  readonly name: string;
  /** By how much each site's `updated_at` moves on. */
  readonly secondsAhead: Readonly<Record<SiteName, number>>;
  readonly winner: SiteName;
}

async function editBoth(stage: Stage, edit: ConcurrentEdit): Promise<void> {
  const { here, there } = await stage.registerEverywhere(stage.crossings[0], stage.newUser(edit.name));
  const rows: Readonly<Record<SiteName, UserRow>> = { legacy: here, revamp: there };
  const transactions: OpenTransaction[] = [];
  try {
    // Both rows are locked before either transaction ends, so neither edit can have seen the other.
    for (const site of [stage.legacy, stage.revamp]) {
      const transaction = await site.begin();
      transactions.push(transaction);
      await transaction.changeUser(rows[site.name].id, {
        fullName: `Edited at ${site.name}`,
        updatedAt: laterBy(here.updatedAt, edit.secondsAhead[site.name]),
      });
    }
    await Promise.all(transactions.map((transaction) => transaction.commit()));
  } finally {
    await Promise.all(transactions.map((transaction) => transaction.rollback()));
  }
  await stage.await(`a row edited at both sites at once to end with the edit of ${edit.winner}`, async () => {
    const [legacy, revamp] = await Promise.all([
      stage.legacy.findUser(here.email),
      stage.revamp.findUser(here.email),
    ]);
    return (
      legacy !== undefined &&
      revamp !== undefined &&
      sameUser(legacy, revamp) &&
      legacy.fullName === `Edited at ${edit.winner}`
    );
  });
}

/** The instant so many seconds later, microseconds kept. */
function laterBy(instant: string, seconds: number): string {
  const fraction = instant.slice(20, 26);
  const second = new Date(Date.parse(`${instant.slice(0, 19)}Z`) + seconds * 1_000)
    .toISOString()
    .slice(0, 19);
  return `${second}.${fraction}Z`;
}
