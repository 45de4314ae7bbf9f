import type { RunMysql } from '../statements/mysql-statement.js';

/** What differs between servers of the family, and matters. */
export interface MysqlServer {
  readonly engine: 'mysql' | 'mariadb';
  /** Major and minor, such as 8.4 → 804. */
  readonly version: number;
  readonly maxPacketBytes: number;
  readonly autoIncrementIncrement: bigint;
}

export async function readMysqlServer(run: RunMysql): Promise<MysqlServer> {
  const { rows } = await run({
    text: 'select version(), @@max_allowed_packet, @@auto_increment_increment',
    operation: 'read_server',
  });
  const [version, maxPacketBytes, increment] = rows[0] as readonly string[];
  const [major, minor] =
    /^(\d+)\.(\d+)/
      .exec(version as string)
      ?.slice(1)
      .map(Number) ?? [];
  return {
    engine: /mariadb/i.test(version as string) ? 'mariadb' : 'mysql',
    version: (major ?? 0) * 100 + (minor ?? 0),
    maxPacketBytes: Number(maxPacketBytes),
    autoIncrementIncrement: BigInt(increment as string),
  };
}
