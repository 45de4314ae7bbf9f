import { urlOfDatabase, type MysqlPool, type PostgresPool } from '@rowbridge/database-access';
import { tableTopic } from '@rowbridge/connectors';
import type { DatabaseEndpoint } from '@rowbridge/embedded-stack';
import type { NotedPosition } from 'debezium-connect-client';

const syncServerId = 77;

/** One side as its users see it. */
export interface Side {
  readonly connector: string;
  readonly topic: string;
  readonly table: string;
  /** Registers a user as an application does. */
  register(email: string): Promise<unknown>;
  /** Registers a user as a sync service does, under its origin in the log. */
  registerAsSync(email: string): Promise<unknown>;
  notePosition(): Promise<NotedPosition>;
}

export const userNamed = (name: string): { name: string; password: string } => ({
  name,
  password: `${name}-pw`,
});

/** The address of a database for one of the users above. */
export function urlAs(endpoint: DatabaseEndpoint, database: string, name: string): string {
  const url = new URL(urlOfDatabase(endpoint.url, database));
  url.username = name;
  url.password = userNamed(name).password;
  return url.toString();
}

export function legacySide(pool: PostgresPool): Side {
  return {
    connector: 'legacy',
    topic: tableTopic('legacy', 'public', 'legacy_users'),
    table: 'public.legacy_users',
    register: (email) => pool.query('insert into legacy_users (username, email) values ($1, $1)', [email]),
    registerAsSync: async (email) => {
      const connection = await pool.connect();
      try {
        await connection.query("select pg_replication_origin_create('capture_test')").catch(() => undefined);
        await connection.query("select pg_replication_origin_session_setup('capture_test')");
        await connection.query('insert into legacy_users (username, email) values ($1, $1)', [email]);
      } finally {
        connection.release(true);
      }
    },
    notePosition: async () => {
      const { rows } = await pool.query<{ lsn: string }>(
        "select pg_current_wal_insert_lsn() - '0/0'::pg_lsn as lsn",
      );
      return { engine: 'postgres', lsn: rows[0]?.lsn ?? '' };
    },
  };
}

export function revampSide(pool: MysqlPool): Side {
  return {
    connector: 'revamp',
    topic: tableTopic('revamp', 'revamp_db', 'revamp_users'),
    table: 'revamp_db.revamp_users',
    register: (email) =>
      pool.query('insert into revamp_users (user_name, email_address) values (?, ?)', [email, email]),
    registerAsSync: async (email) => {
      const connection = await pool.getConnection();
      try {
        await connection.query('start transaction');
        await connection.query(
          `set statement server_id = ${syncServerId} for insert into revamp_users (user_name, email_address) values (?, ?)`,
          [email, email],
        );
        await connection.query('commit');
      } finally {
        connection.destroy();
      }
    },
    notePosition: async () => ({ engine: 'mariadb', ...(await binlogEnd(pool)) }),
  };
}

/** Where the server's log ends. */
export async function binlogEnd(pool: MysqlPool): Promise<{ file: string; pos: string }> {
  const [rows] = await pool.query({ sql: 'show master status', rowsAsArray: true });
  const [file = '', pos = ''] = (rows as string[][])[0] ?? [];
  return { file, pos };
}
