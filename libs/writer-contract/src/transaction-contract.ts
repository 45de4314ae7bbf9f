import { RowbridgeError } from '@rowbridge/errors';
import type { TargetTransaction } from '@rowbridge/pipeline';
import type { HarnessInUse } from './contract-harness.js';
import { notes, people } from './contract-pair.js';
import { expectRefusal } from './expect-refusal.js';
import { eventIdAt, insertPerson, person, positionAt, readPeople } from './sample-rows.js';

export function describeTransactions(inUse: HarnessInUse): void {
  describe('transactions', () => {
    it('I2: everything a batch writes is there after the commit', async () => {
      const { target } = inUse();
      const eventId = eventIdAt(Date.now());
      const key = await target.transaction(async (transaction) => writeEverything(transaction, eventId));
      const rows = await readPeople(target, [key]);
      expect(rows.size).toBe(1);
      const again = await target.transaction(({ ledger }) => ledger.claim([eventId]));
      expect(again.size).toBe(0);
    });

    it('I2: nothing a batch writes is there when its work fails', async () => {
      const { target } = inUse();
      const eventId = eventIdAt(Date.now());
      let key = '';
      const failing = target.transaction(async (transaction) => {
        key = await writeEverything(transaction, eventId);
        throw new Error('the work fails');
      });
      await expect(failing).rejects.toThrow('the work fails');
      await expectNothingOf(inUse, { key, eventId });
    });

    it('I2: work that swallows a failed statement is rolled back all the same, and told so', async () => {
      const { target } = inUse();
      const eventId = eventIdAt(Date.now());
      const careless = target.transaction(async (transaction) => {
        await transaction.ledger.claim([eventId]);
        const orphan = { person_id: '9007199254740993', title: 'orphan' };
        await transaction.rows
          .insert(notes, [{ key: null, values: orphan, stamp: null }])
          .catch(() => undefined);
      });
      await expectRefusal(careless, 'missing_parent');
      await expectNothingOf(inUse, { key: '', eventId });
    });

    it('a statement sent after the end of its transaction is refused', async () => {
      const { target } = inUse();
      let escaped: TargetTransaction | null = null;
      await target.transaction((transaction) => {
        escaped = transaction;
        return Promise.resolve();
      });
      const late = (escaped as unknown as TargetTransaction).ledger.claim([eventIdAt(Date.now())]);
      await expectRefusal(late, 'internal_error');
    });

    it('two transactions that lock each other out: one is told of the deadlock, the other commits', async () => {
      const { target } = inUse();
      const [first, second] = [await insertPerson(target), await insertPerson(target)];
      const barrier = createBarrier(2);
      const crossing = (own: string, other: string): Promise<void> =>
        target.transaction(async ({ rows }) => {
          await rows.readForUpdate(people, [own]);
          await barrier();
          await rows.readForUpdate(people, [other]);
        });
      const outcomes = await Promise.allSettled([crossing(first, second), crossing(second, first)]);
      const failures = outcomes.filter((outcome) => outcome.status === 'rejected');
      expect(failures).toHaveLength(1);
      const failure: unknown = failures[0]?.reason;
      expect(failure).toBeInstanceOf(RowbridgeError);
      expect(failure).toMatchObject({ code: 'deadlock', disposition: 'pause_partition' });
    });

    it('the end of the log rises with what is committed', async () => {
      const { target } = inUse();
      const before = await target.readLogEnd();
      await insertPerson(target);
      expect((await target.readLogEnd()) > before).toBe(true);
    });
  });
}

async function writeEverything(transaction: TargetTransaction, eventId: string): Promise<string> {
  await transaction.ledger.claim([eventId]);
  const values = person();
  const [key] = await transaction.rows.insert(people, [{ key: null, values, stamp: null }]);
  const sourceKey = `source of ${String(values['email'])}`;
  await transaction.identities.link(people.entity, [{ sourceKey, targetKey: key as string }]);
  await transaction.keys.save(people, [
    { key: sourceKey, position: positionAt(1), spentStamp: null, deleted: false, generation: 0 },
  ]);
  return key as string;
}

async function expectNothingOf(
  inUse: HarnessInUse,
  written: { key: string; eventId: string },
): Promise<void> {
  const { target } = inUse();
  if (written.key !== '') {
    expect((await readPeople(target, [written.key])).size).toBe(0);
    const twins = await target.transaction(({ identities }) =>
      identities.resolveReverse(people.entity, [written.key]),
    );
    expect(twins.size).toBe(0);
  }
  const claimed = await target.transaction(({ ledger }) => ledger.claim([written.eventId]));
  expect(claimed.size).toBe(1);
}

/** Resolves for all callers once as many as expected have called. */
function createBarrier(expected: number): () => Promise<void> {
  let release: () => void = () => undefined;
  const opened = new Promise<void>((resolve) => (release = resolve));
  let arrived = 0;
  return () => {
    arrived += 1;
    if (arrived === expected) release();
    return opened;
  };
}
