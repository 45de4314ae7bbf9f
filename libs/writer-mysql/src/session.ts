import type { MysqlConnection, MysqlServer, RunMysql } from '@rowbridge/database-access';

/** Server id under which MariaDB logs a sync session's writes; connectors leave out `.*-<id>`. */
export const defaultLogOriginServerId = 77;

/**
 * What a writing session needs beside the pool's settings, set once a connection: its mark in the log (guard 2, I4) on
 * MariaDB, and range access for lists of keys of any length.
 */
export class WriterSessions {
  readonly #ready = new WeakSet<object>();
  readonly #settings: readonly string[];

  /** @param logOriginServerId null: no mark */
  constructor(server: MysqlServer, logOriginServerId: number | null) {
    const settings =
      server.engine === 'mariadb'
        ? ['in_predicate_conversion_threshold = 0']
        : ['range_optimizer_max_mem_size = 0'];
    if (logOriginServerId !== null) settings.push(`server_id = ${logOriginServerId}`);
    this.#settings = settings;
  }

  async ensure(connection: MysqlConnection, run: RunMysql): Promise<void> {
    // The pool wraps one connection anew each time it lends it.
    if (this.#ready.has(connection.connection)) return;
    await run({ text: `set session ${this.#settings.join(', ')}`, operation: 'prepare_session' });
    this.#ready.add(connection.connection);
  }
}
