import { createMysqlPool, urlOfDatabase } from '@rowbridge/database-access';
import type { RunningSystem } from '@rowbridge/launcher';
import type { PoolConnection } from 'mysql2/promise';
import type { PoolClient } from 'pg';
import { waitFor } from '@rowbridge/testing';

const slice = 50_000;
const longAgo = '2026-01-01 00:00:00+00';

interface Users {
  readonly series: string;
  readonly count: number;
  readonly madeAt: string;
}

async function insertUsers(
  connection: Pick<PoolClient, 'query'>,
  { series, count, madeAt }: Users,
): Promise<void> {
  for (let first = 1; first <= count; first += slice) {
    await connection.query(
      `insert into legacy_users (username, email, status, created_at, updated_at)
       select $1 || number, $1 || number || '@example.test', 'active', $4, $4
       from generate_series($2::int, $3::int) number`,
      [series, first, Math.min(count, first + slice - 1), madeAt],
    );
  }
}

/** What {@link insertUsers} makes of `longAgo`, as revamp holds it. */
async function insertEqualUsers(connection: PoolConnection, series: string, count: number): Promise<void> {
  await connection.query("set session time_zone = '+00:00'");
  for (let first = 1; first <= count; first += slice) {
    const numbers = `seq_${first}_to_${Math.min(count, first + slice - 1)}`;
    await connection.query(
      `insert into revamp_users (user_name, email_address, account_status, created_at, updated_at)
       select concat(?, seq), concat(?, seq, '@example.test'), 'ACTIVE', ?, ? from ${numbers}`,
      [series, series, longAgo.slice(0, 19), longAgo.slice(0, 19)],
    );
  }
}

/** Users of both sides as these tests need them: by the application, and behind capture's back. */
export class PairTables {
  readonly #system: RunningSystem;

  constructor(system: RunningSystem) {
    this.#system = system;
  }

  /** Users 1 to `count` of a series, registered at legacy. */
  async fill(series: string, count: number): Promise<void> {
    await insertUsers(this.#system.databases.legacyPool, { series, count, madeAt: new Date().toISOString() });
  }

  /** The same on both sides, equal and linked to nothing, of which neither connector tells. MariaDB alone. */
  async fillUnseen(series: string, count: number): Promise<void> {
    await Promise.all([
      this.#unseenAtLegacy((connection) => insertUsers(connection, { series, count, madeAt: longAgo })),
      this.#unseenAtRevamp((connection) => insertEqualUsers(connection, series, count)),
    ]);
  }

  async register(email: string): Promise<void> {
    await this.#system.databases.legacyPool.query(
      "insert into legacy_users (username, email, status) values ('somebody', $1, 'active')",
      [email],
    );
  }

  async editLegacy(emails: readonly string[], fullName: string): Promise<void> {
    await this.#system.databases.legacyPool.query(
      'update legacy_users set full_name = $2, updated_at = clock_timestamp() where email = any ($1)',
      [emails, fullName],
    );
  }

  async editRevamp(emails: readonly string[], displayName: string): Promise<void> {
    await this.#system.databases.revampPool.query(
      'update revamp_users set display_name = ?, updated_at = now(6) where email_address in (?)',
      [displayName, emails],
    );
  }

  /** Deletes at legacy what its connector never tells of. */
  async loseLegacyDeletes(emails: readonly string[]): Promise<void> {
    await this.#unseenAtLegacy((connection) =>
      connection.query('delete from legacy_users where email = any ($1)', [emails]),
    );
  }

  async #unseenAtLegacy(change: (connection: PoolClient) => Promise<unknown>): Promise<void> {
    const connection = await this.#system.databases.legacyPool.connect();
    try {
      await connection.query("select pg_replication_origin_create('sync_run_test')").catch(() => undefined);
      await connection.query("select pg_replication_origin_session_setup('sync_run_test')");
      await change(connection);
    } finally {
      connection.release(true);
    }
  }

  /** Changes at revamp what its connector never tells of. */
  async spoilRevamp(change: {
    readonly removed: readonly string[];
    readonly renamed: readonly string[];
  }): Promise<void> {
    await this.#unseenAtRevamp(async (connection) => {
      await connection.query('delete from revamp_users where email_address in (?)', [change.removed]);
      await connection.query(
        "update revamp_users set display_name = 'spoiled', updated_at = updated_at where email_address in (?)",
        [change.renamed],
      );
    });
  }

  async #unseenAtRevamp(change: (connection: PoolConnection) => Promise<unknown>): Promise<void> {
    const { stack, databases } = this.#system;
    const url = urlOfDatabase(stack.databases.mysql.url, databases.revamp.database);
    const administrators = createMysqlPool({ url, maxOpen: 1 });
    const connection = await administrators.getConnection();
    try {
      await connection.query('set session sql_log_bin = 0');
      await change(connection);
    } finally {
      connection.release();
      await administrators.end();
    }
  }

  /** Of these users, those at legacy and those at revamp. */
  async present(
    emails: readonly string[],
  ): Promise<{ legacy: readonly string[]; revamp: readonly string[] }> {
    const { legacyPool, revampPool } = this.#system.databases;
    const legacy = await legacyPool.query<{ email: string }>(
      'select email from legacy_users where email = any ($1) order by email',
      [emails],
    );
    const [revamp] = await revampPool.query(
      {
        sql: 'select email_address from revamp_users where email_address in (?) order by email_address',
        rowsAsArray: true,
      },
      [emails],
    );
    return {
      legacy: legacy.rows.map(({ email }) => email),
      revamp: (revamp as unknown as readonly (readonly string[])[]).map(([email]) => email ?? ''),
    };
  }

  /** Waits until revamp has as many users as legacy. */
  async haveCrossed(deadlineMs: number): Promise<void> {
    const { legacyPool, revampPool } = this.#system.databases;
    await waitFor(
      async () => {
        const { rows } = await legacyPool.query<{ count: string }>(
          'select count(*) as count from legacy_users',
        );
        const [counted] = await revampPool.query({
          sql: 'select count(*) from revamp_users',
          rowsAsArray: true,
        });
        return rows[0]?.count === (counted as unknown as readonly (readonly string[])[])[0]?.[0];
      },
      { deadlineMs, what: 'all users to reach revamp', intervalMs: 500 },
    );
  }
}
