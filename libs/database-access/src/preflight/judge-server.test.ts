import type { PostgresCaptureRequirements } from './capture-requirements.js';
import { judgeMysqlServer, judgeMysqlTables, type MysqlCaptureFacts } from './mysql-preflight.js';
import { judgePostgresServer, judgePostgresTables, type PostgresCaptureFacts } from './postgres-preflight.js';

const requirements: PostgresCaptureRequirements = {
  tables: [{ schema: 'public', table: 'users', twoWay: true, mappedColumns: ['id'], timestampColumns: [] }],
  captureUser: 'capture',
  sourceColumnGuard: true,
  logOriginGuard: true,
  publication: 'shop',
  slot: 'shop_slot',
};

const readyPostgres: PostgresCaptureFacts = {
  version: 180_004,
  walLevel: 'logical',
  slotsFree: 1,
  sendersFree: 1,
  slot: null,
  role: { login: true, replication: true },
  publication: {
    operations: ['insert', 'update', 'delete'],
    tables: ['public.users', 'rowbridge.heartbeat'],
    viaRoot: false,
  },
  tables: [{ name: 'public.users', replicaIdentity: 'f', partitioned: false, readable: true }],
};

describe('judging a PostgreSQL server', () => {
  const judge = (change: Partial<PostgresCaptureFacts>): { check: string; howToFix: string }[] => {
    const facts = { ...readyPostgres, ...change };
    return [...judgePostgresServer(facts, requirements), ...judgePostgresTables(facts, requirements)];
  };

  it('finds nothing where all is set up', () => {
    expect(judge({})).toEqual([]);
  });

  it.each<[string, Partial<PostgresCaptureFacts>, string]>([
    ['wal_level', { walLevel: 'replica' }, "ALTER SYSTEM SET wal_level = 'logical'"],
    ['server_version', { version: 150_018 }, 'source-column guard'],
    ['capture_role', { role: null }, 'CREATE ROLE "capture" WITH LOGIN REPLICATION'],
    ['capture_role', { role: { login: true, replication: false } }, 'ALTER ROLE "capture"'],
    ['replication_slots', { slotsFree: 0 }, 'max_replication_slots'],
    ['replication_slots', { sendersFree: 0 }, 'max_wal_senders'],
    ['replication_slot', { slot: { plugin: 'wal2json', walStatus: 'reserved' } }, 'pg_drop_replication_slot'],
    ['replication_slot', { slot: { plugin: 'pgoutput', walStatus: 'lost' } }, 'new snapshot'],
    [
      'publication',
      { publication: null },
      'CREATE PUBLICATION "shop" FOR TABLE "public"."users", rowbridge.heartbeat',
    ],
    [
      'publication',
      {
        publication: {
          operations: ['insert', 'update', 'delete'],
          tables: ['rowbridge.heartbeat'],
          viaRoot: false,
        },
      },
      'ALTER PUBLICATION "shop" ADD TABLE "public"."users"',
    ],
    [
      'publication',
      {
        publication: {
          operations: ['insert'],
          tables: ['public.users', 'rowbridge.heartbeat'],
          viaRoot: false,
        },
      },
      "SET (publish = 'insert, update, delete')",
    ],
    [
      'replica_identity',
      { tables: [{ name: 'public.users', replicaIdentity: 'd', partitioned: false, readable: true }] },
      'ALTER TABLE "public"."users" REPLICA IDENTITY FULL',
    ],
    [
      'read_right',
      { tables: [{ name: 'public.users', replicaIdentity: 'f', partitioned: false, readable: false }] },
      'GRANT SELECT ON "public"."users" TO "capture"',
    ],
  ])('refuses %s and says what to run', (check, change, remedy) => {
    const findings = judge(change);
    expect(findings.map((finding) => finding.check)).toEqual([check]);
    expect(findings[0]?.howToFix).toContain(remedy);
  });

  it('does not ask for a free slot where the connector has one already', () => {
    const slot = { plugin: 'pgoutput', walStatus: 'reserved' };
    expect(judge({ slotsFree: 0, sendersFree: 0, slot })).toEqual([]);
  });
});

const readyMysql: MysqlCaptureFacts = {
  engine: 'mariadb',
  version: '11.4.5-MariaDB',
  variables: {
    log_bin: 'ON',
    server_id: '1',
    binlog_format: 'ROW',
    binlog_row_image: 'FULL',
    binlog_row_metadata: 'FULL',
  },
  rights: ['RELOAD', 'SHOW DATABASES', 'REPLICATION SLAVE', 'BINLOG MONITOR'],
  readable: ['shop.users'],
  zeroDates: [],
};

describe('judging a MySQL or MariaDB server', () => {
  const judge = (change: Partial<MysqlCaptureFacts>): { check: string; howToFix: string }[] => {
    const facts = { ...readyMysql, ...change };
    const tables = [
      { ...requirements.tables[0], schema: 'shop', table: 'users' },
    ] as typeof requirements.tables;
    const found = {
      schema: 'shop',
      table: 'users',
      columns: [],
      primaryKey: ['id'],
      uniqueIndexes: [],
      foreignKeys: [],
      triggers: [],
    };
    return [
      ...judgeMysqlServer(facts, { ...requirements, tables }),
      ...judgeMysqlTables(facts, { ...requirements, tables }, [found]),
    ];
  };
  const variables = (change: Record<string, string>): Partial<MysqlCaptureFacts> => ({
    variables: { ...readyMysql.variables, ...change },
  });

  it('finds nothing where all is set up', () => {
    expect(judge({})).toEqual([]);
  });

  it.each<[string, Partial<MysqlCaptureFacts>, string]>([
    ['log_bin', variables({ log_bin: 'OFF' }), 'log_bin = binlog'],
    ['server_id', variables({ server_id: '0' }), 'server_id = 1'],
    ['binlog_format', variables({ binlog_format: 'MIXED' }), "SET GLOBAL binlog_format = 'ROW'"],
    ['binlog_row_image', variables({ binlog_row_image: 'MINIMAL' }), "SET GLOBAL binlog_row_image = 'FULL'"],
    [
      'binlog_row_metadata',
      variables({ binlog_row_metadata: 'NO_LOG' }),
      "SET GLOBAL binlog_row_metadata = 'FULL'",
    ],
    ['binlog_row_value_options', variables({ binlog_row_value_options: 'PARTIAL_JSON' }), "= ''"],
    [
      'binlog_legacy_event_pos',
      variables({ binlog_legacy_event_pos: 'OFF' }),
      'SET GLOBAL binlog_legacy_event_pos = ON',
    ],
    [
      'binlog_transaction_compression',
      variables({ binlog_transaction_compression: 'ON' }),
      'SET GLOBAL binlog_transaction_compression = OFF',
    ],
    ['capture_user', { rights: null }, "CREATE USER 'capture'@'%'"],
    [
      'capture_rights',
      { rights: ['RELOAD', 'SHOW DATABASES'] },
      'GRANT REPLICATION SLAVE, BINLOG MONITOR ON *.*',
    ],
    ['read_right', { readable: [] }, 'GRANT SELECT ON `shop`.`users`'],
    ['zero_date', { zeroDates: ['shop.users.born'] }, 'nullable'],
  ])('refuses %s and says what to run', (check, change, remedy) => {
    const findings = judge(change);
    expect(findings.map((finding) => finding.check)).toEqual([check]);
    expect(findings[0]?.howToFix).toContain(remedy);
  });

  it('refuses a log origin on MySQL, which asks for its own names of rights', () => {
    const rights = ['RELOAD', 'SHOW DATABASES', 'REPLICATION SLAVE', 'REPLICATION CLIENT'];
    expect(judge({ engine: 'mysql', rights }).map(({ check }) => check)).toEqual(['log_origin']);
  });
});
