import type { RunningSystem, ServiceProcess } from '@rowbridge/launcher';
import { waitFor } from '@rowbridge/testing';
import type { Applications } from './bad-input-harness.js';

export const usersTopic = 'legacy.public.legacy_users';

/** End offsets of the partitions of {@link usersTopic}. */
export async function usersEnds({ kafka }: RunningSystem): Promise<readonly bigint[]> {
  return (await kafka.admin.topicOffsets(usersTopic)).map(({ high }) => high);
}

/** Records ever written to {@link usersTopic}. */
export async function countUsersRecords(system: RunningSystem): Promise<bigint> {
  return (await usersEnds(system)).reduce((sum, end) => sum + end, 0n);
}

export interface StrangeRecord {
  readonly key: Buffer | null;
  readonly value: Buffer;
  readonly headers?: readonly { readonly name: string; readonly value: Buffer }[];
}

export interface GoodCompany {
  readonly system: RunningSystem;
  readonly applications: Applications;
  /** The service that reads the topic: it is held still meanwhile. */
  readonly reader: ServiceProcess;
}

/**
 * Writes to one partition between records of the application, all of them read as one batch.
 * @returns the names of the users the application wrote before and after
 */
export async function produceAmongGoodRecords(
  { system, applications, reader }: GoodCompany,
  name: string,
  records: readonly StrangeRecord[],
): Promise<readonly string[]> {
  const before = Array.from({ length: 20 }, (_unused, index) => `${name}-before-${index}`);
  const after = Array.from({ length: 20 }, (_unused, index) => `${name}-after-${index}`);
  const beginnings = await usersEnds(system);
  reader.kill('SIGSTOP');
  try {
    await applications.legacyUsers(before);
    const partition = await waitFor(
      async () => {
        const grown = (await usersEnds(system)).findIndex((end, index) => end > (beginnings[index] ?? 0n));
        return grown < 0 ? undefined : grown;
      },
      { what: 'records of the application', deadlineMs: 5_000 },
    );
    await system.kafka.producer.send(
      usersTopic,
      records.map((record) => ({ ...record, partition })),
    );
    const end = (await usersEnds(system))[partition] ?? 0n;
    await applications.legacyUsers(after);
    await waitFor(async () => ((await usersEnds(system))[partition] ?? 0n) > end, {
      what: 'later records of the application in the same partition',
      deadlineMs: 5_000,
    });
  } finally {
    reader.kill('SIGCONT');
  }
  return [...before, ...after];
}
