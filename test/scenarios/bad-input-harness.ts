import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RawRecord } from '@rowbridge/change-event';
import type { KafkaConnection, RecordConsumer } from '@rowbridge/kafka';
import type { RunningSystem, ServiceProcess } from '@rowbridge/launcher';
import { waitFor } from '@rowbridge/testing';
import { databaseVariables } from '../service-start/run-service.js';

export const deadLetterTopic = 'sync.dlq';

/** A record as it stands in the dead letter queue. */
export interface ReadLetter {
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: readonly (readonly [name: string, value: Buffer])[];
  /** The last header of a name, as text. */
  header(name: string): string | undefined;
}

/** Everything that stands in the dead letter queue, in the order it was read. */
export interface LetterBox {
  readonly letters: readonly ReadLetter[];
  stop(): Promise<void>;
}

/** Reads the queue from its beginning on, with the bytes untouched. */
export async function openLetterBox(kafka: KafkaConnection): Promise<LetterBox> {
  const letters: ReadLetter[] = [];
  const consumer: RecordConsumer = await kafka.startConsumer({
    groupId: `test-${randomBytes(4).toString('hex')}`,
    topics: [deadLetterTopic],
    onCrash: () => undefined,
    onBatch: async ({ records, commit }) => {
      letters.push(...records.map(toLetter));
      await commit((records.at(-1)?.offset ?? 0n) + 1n);
      return { kind: 'done' };
    },
  });
  return { letters, stop: () => consumer.stop() };
}

function toLetter({ key, value, headers }: RawRecord): ReadLetter {
  const bytes = (from: Uint8Array | null): Buffer | null => (from === null ? null : Buffer.from(from));
  const read = headers.map((header) => [header.name, Buffer.from(header.value)] as const);
  return {
    key: bytes(key),
    value: bytes(value),
    headers: read,
    header: (name) => read.findLast(([candidate]) => candidate === name)?.[1].toString(),
  };
}

/** Dead letters ever written. */
export async function countLetters({ kafka }: RunningSystem): Promise<bigint> {
  const offsets = await kafka.admin.topicOffsets(deadLetterTopic);
  return offsets.reduce((sum, { high }) => sum + high, 0n);
}

export interface ConsumerHealth {
  readonly status: string;
  readonly checks: readonly { readonly name: string; readonly status: string }[];
  readonly consumer: {
    readonly state: string;
    /** By reason. */
    readonly stuckSecondLooks: Readonly<Record<string, number>>;
    readonly stopReason: unknown;
    readonly faults: readonly { readonly code: string; readonly message: string }[];
  };
}

export async function healthOf(service: ServiceProcess): Promise<ConsumerHealth> {
  const answer = await fetch(`${service.url}/health`, { signal: AbortSignal.timeout(5_000) });
  return (await answer.json()) as ConsumerHealth;
}

export async function isReady(service: ServiceProcess): Promise<boolean> {
  const answer = await fetch(`${service.url}/ready`, { signal: AbortSignal.timeout(5_000) });
  await answer.arrayBuffer();
  return answer.status === 200;
}

/** What another process of a service is told, so that it finds the system. */
export function serviceVariables({ stack, databases }: RunningSystem): Record<string, string> {
  const accounts = JSON.parse(readFileSync(join(stack.dataDirectory, 'accounts.json'), 'utf8')) as Readonly<
    Record<'legacy' | 'revamp', { readonly sync: { readonly name: string; readonly password: string } }>
  >;
  const urlOf = (side: 'legacy' | 'revamp'): string => {
    const url = new URL(databases[side].adminUrl);
    url.username = accounts[side].sync.name;
    url.password = accounts[side].sync.password;
    return url.toString();
  };
  return {
    ...databaseVariables('DB_LEGACY', urlOf('legacy')),
    ...databaseVariables('DB_REVAMP', urlOf('revamp')),
    KAFKA_BROKERS: stack.kafka.brokers.join(','),
    SCHEMA_REGISTRY_URL: stack.schemaRegistry.confluentUrl,
    CONNECT_URL: stack.connect.url,
  };
}

/** The two applications, as far as these tests need them. */
export interface Applications {
  /** One user a name, in one transaction; answers their ids. */
  legacyUsers(
    names: readonly string[],
    change?: { status?: string; updatedAt?: string },
  ): Promise<readonly string[]>;
  revampUsers(names: readonly string[], change?: { status?: string }): Promise<void>;
  /** Waits until users of these names are on the other side. */
  haveReachedRevamp(names: readonly string[]): Promise<void>;
  haveReachedLegacy(names: readonly string[]): Promise<void>;
}

const crossingDeadlineMs = 90_000;

export function openApplications({ databases: { legacyPool, revampPool } }: RunningSystem): Applications {
  const placeholders = (names: readonly string[]): string => names.map(() => '?').join(', ');
  return {
    async legacyUsers(names, { status = 'active', updatedAt } = {}) {
      const { rows } = await legacyPool.query(
        `insert into legacy_users (username, email, status, updated_at)
         select name, name || '@example.test', $2, coalesce($3::timestamptz, clock_timestamp())
         from unnest($1::text[]) as name returning id::text`,
        [names, status, updatedAt ?? null],
      );
      return rows.map((row: unknown) => Object.values(row as object)[0] as string);
    },
    async revampUsers(names, { status = 'ACTIVE' } = {}) {
      await revampPool.query('insert into revamp_users (user_name, email_address, account_status) values ?', [
        names.map((name) => [name, `${name}@example.test`, status]),
      ]);
    },
    async haveReachedRevamp(names) {
      await reached(names, 'revamp_users', async () => {
        const [rows] = await revampPool.query(
          `select user_name from revamp_users where user_name in (${placeholders(names)})`,
          [...names],
        );
        return (rows as unknown[]).length;
      });
    },
    async haveReachedLegacy(names) {
      await reached(names, 'legacy_users', async () => {
        const { rows } = await legacyPool.query('select id from legacy_users where username = any($1)', [
          names,
        ]);
        return rows.length;
      });
    },
  };
}

async function reached(names: readonly string[], table: string, count: () => Promise<number>): Promise<void> {
  await waitFor(async () => (await count()) === names.length, {
    what: `${names.length} users from ${names[0]} on to reach ${table}`,
    deadlineMs: crossingDeadlineMs,
    intervalMs: 100,
  });
}
