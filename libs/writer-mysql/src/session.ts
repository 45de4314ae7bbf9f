import type { MysqlConnection, MysqlServer, RunMysql } from '@rowbridge/database-access';

/**
 * What a writing session needs beside the pool's settings, set once a connection: range access for lists of keys of any
 * length.
 */
export class WriterSessions {
  readonly #ready = new WeakSet<object>();
  readonly #setting: string;

  constructor(server: MysqlServer) {
    this.#setting =
      server.engine === 'mariadb'
        ? 'in_predicate_conversion_threshold = 0'
        : 'range_optimizer_max_mem_size = 0';
  }

  async ensure(connection: MysqlConnection, run: RunMysql): Promise<void> {
    // The pool wraps one connection anew each time it lends it.
    if (this.#ready.has(connection.connection)) return;
    await run({ text: `set session ${this.#setting}`, operation: 'prepare_session' });
    this.#ready.add(connection.connection);
  }
}
