import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RawRecord } from '@rowbridge/change-event';
import type { KafkaConnection, RecordConsumer } from '@rowbridge/kafka';
import type { RunningSystem } from '@rowbridge/launcher';
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
      commit((records.at(-1)?.offset ?? 0n) + 1n);
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
  /** One post of a user. */
  legacyPost(title: string, author: string | undefined): Promise<void>;
  /** Headlines on the other side once there are as many, in order. */
  headlinesInRevamp(count: number): Promise<readonly unknown[]>;
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
    async legacyPost(title, author) {
      await legacyPool.query('insert into legacy_posts (user_id, title) values ($1, $2)', [author, title]);
    },
    headlinesInRevamp: (count) =>
      waitFor(
        async () => {
          const [rows] = await revampPool.query('select headline from revamp_posts order by headline');
          const headlines = (rows as object[]).map((row) => Object.values(row)[0] as unknown);
          return headlines.length === count ? headlines : undefined;
        },
        { what: `${count} posts`, deadlineMs: 60_000 },
      ),
  };
}

async function reached(names: readonly string[], table: string, count: () => Promise<number>): Promise<void> {
  await waitFor(async () => (await count()) === names.length, {
    what: `${names.length} users from ${names[0]} on to reach ${table}`,
    deadlineMs: crossingDeadlineMs,
    intervalMs: 100,
  });
}

/** The headers of a letter as text, by name, but for those its record came with. */
export function addedHeaders({ headers }: ReadLetter, own: number): Readonly<Record<string, string>> {
  return Object.fromEntries(headers.slice(own).map(([name, value]) => [name, value.toString()]));
}

/** What a dead letter of the users' topic says of itself where its bytes could not be decoded. */
export const undecodableHeaders = {
  '__connect.errors.topic': 'legacy.public.legacy_users',
  '__connect.errors.partition': expect.stringMatching(/^\d+$/),
  '__connect.errors.offset': expect.stringMatching(/^\d+$/),
  '__connect.errors.connector.name': 'legacy',
  '__connect.errors.task.id': '0',
  '__connect.errors.stage': 'VALUE_CONVERTER',
  '__connect.errors.class.name': expect.any(String),
  '__connect.errors.exception.class.name': 'undecodable',
  '__connect.errors.exception.message': expect.stringContaining('Find out who else writes to the topic'),
  '__connect.errors.exception.stacktrace': '',
  'x-sync-direction': 'legacy-to-revamp',
  'x-sync-event-id': '',
  'x-sync-event-version': '1.0.0',
  'x-sync-error-code': 'undecodable',
  'x-sync-stage': 'decode',
  'x-sync-attempts': '1',
  'x-sync-first-failed-at': expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
};
