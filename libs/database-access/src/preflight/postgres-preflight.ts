import type pg from 'pg';
import { readCatalog, type CatalogTable } from '../catalog.js';
import { readPostgresTableFacts } from '../facts/postgres-table-facts.js';
import { quotePostgresIdentifier as quote } from '../quote-identifier.js';
import { runOnPostgres } from '../statements/postgres-statement.js';
import type { PostgresCaptureRequirements, PreflightFinding } from './capture-requirements.js';
import { checkPostgresArrays } from './postgres-arrays.js';
import { checkHiddenRows } from './postgres-hidden-rows.js';
import { checkInfiniteIntervals } from './postgres-intervals.js';
import { checkTables, tableDialects } from './table-checks.js';

/** What one look at the server finds; read as JSON, so it is the same through any pool. */
export interface PostgresCaptureFacts {
  readonly version: number;
  readonly walLevel: string;
  readonly slotsFree: number;
  readonly sendersFree: number;
  readonly slot: { readonly plugin: string; readonly walStatus: string | null } | null;
  readonly role: { readonly login: boolean; readonly replication: boolean } | null;
  readonly publication: {
    readonly operations: readonly string[];
    readonly tables: readonly string[];
    /** Changes of partitions go by the name of their table. */
    readonly viaRoot: boolean;
  } | null;
  readonly tables: readonly {
    readonly name: string;
    readonly replicaIdentity: string;
    readonly partitioned: boolean;
    readonly readable: boolean;
  }[];
}

const firstVersionWithOriginFilter = 160_000;

const factsQuery = `
select json_build_object(
  'version', current_setting('server_version_num')::int,
  'walLevel', current_setting('wal_level'),
  'slotsFree', current_setting('max_replication_slots')::int - (select count(*) from pg_replication_slots),
  'sendersFree', current_setting('max_wal_senders')::int
    - (select count(*) from pg_stat_activity where backend_type = 'walsender'),
  'slot', (
    select json_build_object('plugin', plugin, 'walStatus', wal_status)
    from pg_replication_slots where slot_name = $1),
  'role', (
    select json_build_object('login', rolcanlogin, 'replication', rolreplication or rolsuper)
    from pg_roles where rolname = $2),
  'publication', (
    select json_build_object(
      'operations', array_remove(array[case when pubinsert then 'insert' end,
        case when pubupdate then 'update' end, case when pubdelete then 'delete' end], null),
      'viaRoot', pubviaroot,
      'tables', (select coalesce(json_agg(schemaname || '.' || tablename), '[]')
        from pg_publication_tables where pubname = $3))
    from pg_publication where pubname = $3),
  'tables', (
    select coalesce(json_agg(json_build_object(
      'name', namespace.nspname || '.' || class.relname,
      'replicaIdentity', class.relreplident,
      'partitioned', class.relkind = 'p',
      'readable', (select has_table_privilege(pg_roles.oid, class.oid, 'SELECT')
        and has_schema_privilege(pg_roles.oid, namespace.oid, 'USAGE') from pg_roles where rolname = $2)
    )), '[]')
    from unnest($4::text[], $5::text[]) as asked (schema_name, table_name)
    join pg_namespace namespace on namespace.nspname = asked.schema_name
    join pg_class class on class.relnamespace = namespace.oid and class.relname = asked.table_name)
)::text as document`;

/**
 * What keeps a PostgreSQL database from being captured; empty when nothing does. Reads the catalog,
 * and mapped array and interval columns once for what events do not tell.
 * @throws the driver's error when the server cannot be asked
 */
export async function preflightPostgres(
  client: pg.Pool | pg.ClientBase,
  requirements: PostgresCaptureRequirements,
): Promise<readonly PreflightFinding[]> {
  const { tables, slot, captureUser, publication } = requirements;
  const catalog = await readCatalog({ family: 'postgres', client }, tables);
  const { rows } = await client.query<{ document: string }>(factsQuery, [
    slot,
    captureUser,
    publication,
    tables.map(({ schema }) => schema),
    tables.map(({ table }) => table),
  ]);
  const tableFacts = await readPostgresTableFacts(runOnPostgres(client), tables);
  const facts = JSON.parse(rows[0]?.document ?? '{}') as PostgresCaptureFacts;
  return [
    ...judgePostgresServer(facts, requirements),
    ...judgePostgresTables(facts, requirements),
    ...judgeLargeValues(facts, catalog),
    ...(await checkHiddenRows(client, requirements)),
    ...(await checkPostgresArrays(client, tables)),
    ...(await checkInfiniteIntervals(client, tables, catalog)),
    ...checkTables(requirements, { catalog, facts: tableFacts }, tableDialects.postgres),
  ];
}

/** The server, the role and the slot. Pure. */
export function judgePostgresServer(
  facts: PostgresCaptureFacts,
  { slot, captureUser, logOriginGuard }: PostgresCaptureRequirements,
): PreflightFinding[] {
  const findings: PreflightFinding[] = [];
  if (facts.walLevel !== 'logical') {
    findings.push({
      check: 'wal_level',
      found: `wal_level = ${facts.walLevel}`,
      required: 'wal_level = logical',
      howToFix: "ALTER SYSTEM SET wal_level = 'logical', then restart the server",
    });
  }
  if (logOriginGuard && facts.version < firstVersionWithOriginFilter) {
    findings.push({
      check: 'server_version',
      found: `PostgreSQL ${Math.floor(facts.version / 10_000)}`,
      required: 'PostgreSQL 16 or later for the log-origin guard',
      howToFix: 'use the source-column guard for this side, or upgrade the server',
    });
  }
  if (facts.role === null || !facts.role.login || !facts.role.replication) {
    findings.push({
      check: 'capture_role',
      found: facts.role === null ? `no role ${captureUser}` : `${captureUser} lacks LOGIN or REPLICATION`,
      required: 'a role with LOGIN and REPLICATION',
      howToFix: `${facts.role === null ? 'CREATE' : 'ALTER'} ROLE ${quote(captureUser)} WITH LOGIN REPLICATION`,
    });
  }
  return [...findings, ...judgeSlot(facts, slot)];
}

function judgeSlot(facts: PostgresCaptureFacts, slot: string): PreflightFinding[] {
  if (facts.slot === null) {
    const short = [
      { setting: 'max_replication_slots', free: facts.slotsFree },
      { setting: 'max_wal_senders', free: facts.sendersFree },
    ];
    return short
      .filter(({ free }) => free < 1)
      .map(({ setting }) => ({
        check: 'replication_slots',
        found: `none of ${setting} is free`,
        required: 'one for this connector',
        howToFix: `raise ${setting} with ALTER SYSTEM SET and restart the server, or drop a slot nobody uses`,
      }));
  }
  if (facts.slot.plugin !== 'pgoutput') {
    return [
      {
        check: 'replication_slot',
        found: `slot ${slot} of the plugin ${facts.slot.plugin}`,
        required: 'pgoutput',
        howToFix: `SELECT pg_drop_replication_slot('${slot}') if nobody else reads it, or choose another name`,
      },
    ];
  }
  if (facts.slot.walStatus !== 'lost') return [];
  return [
    {
      check: 'replication_slot',
      found: `slot ${slot} has lost the log it needs (max_slot_wal_keep_size)`,
      required: 'a slot that has everything since the last acknowledged change',
      howToFix: `SELECT pg_drop_replication_slot('${slot}'), delete the connector's offsets and let it take a new snapshot`,
    },
  ];
}

/** Publication, replica identity and read rights. Pure. */
export function judgePostgresTables(
  facts: PostgresCaptureFacts,
  { tables, publication, captureUser }: PostgresCaptureRequirements,
): PreflightFinding[] {
  const wanted = tables.map(({ schema, table, twoWay }) => ({
    name: `${schema}.${table}`,
    sql: `${quote(schema)}.${quote(table)}`,
    twoWay,
  }));
  const published = [...wanted, { name: 'rowbridge.heartbeat', sql: 'rowbridge.heartbeat' }];
  if (facts.publication === null) {
    return [
      {
        check: 'publication',
        found: `no publication ${publication}`,
        required: 'a publication made beforehand: the capture role may not make one',
        howToFix: `CREATE PUBLICATION ${quote(publication)} FOR TABLE ${published.map(({ sql }) => sql).join(', ')}`,
      },
      ...judgeEachTable(facts, wanted, captureUser),
    ];
  }
  const { operations, tables: inPublication, viaRoot } = facts.publication;
  const isPartitioned = (name: string): boolean =>
    facts.tables.some((table) => table.name === name && table.partitioned);
  const missing = published.filter(({ name }) => !inPublication.includes(name));
  const findings: PreflightFinding[] = missing.map(({ name, sql }) => ({
    check: 'publication',
    table: name,
    found: `not in publication ${publication}`,
    required: 'every captured table and rowbridge.heartbeat are in it',
    howToFix: `ALTER PUBLICATION ${quote(publication)} ${
      !viaRoot && isPartitioned(name) ? 'SET (publish_via_partition_root = true)' : `ADD TABLE ${sql}`
    }`,
  }));
  if (operations.length < 3) {
    findings.push({
      check: 'publication',
      found: `publication ${publication} publishes ${operations.join(', ') || 'nothing'}`,
      required: 'insert, update and delete',
      howToFix: `ALTER PUBLICATION ${quote(publication)} SET (publish = 'insert, update, delete')`,
    });
  }
  return [...findings, ...judgeEachTable(facts, wanted, captureUser)];
}

/** Arrays whose unchanged large value the pinned connector tells; at any other's it stops, as at a bit string's (seen). */
const tellableArrays: ReadonlySet<string> = new Set([
  'text[]',
  'character varying[]',
  'integer[]',
  'bigint[]',
  'uuid[]',
]);

/** What an update leaves alone and stores apart is in the log only where the table logs whole rows. Pure. */
export function judgeLargeValues(
  facts: Pick<PostgresCaptureFacts, 'tables'>,
  catalog: readonly CatalogTable[],
): PreflightFinding[] {
  return catalog.flatMap(({ schema, table, columns }): PreflightFinding[] => {
    const name = `${schema}.${table}`;
    if (facts.tables.find((found) => found.name === name)?.replicaIdentity === 'f') return [];
    const stopping = columns.find(
      ({ baseType }) =>
        baseType.startsWith('bit') || (baseType.endsWith('[]') && !tellableArrays.has(baseType)),
    );
    if (stopping === undefined) return [];
    return [
      {
        check: 'replica_identity',
        table: `${name}.${stopping.name}`,
        found: `a column of type ${stopping.type}, whose large values updates leave out of the log`,
        required: 'REPLICA IDENTITY FULL: the pinned connector stops at such an update',
        howToFix: `ALTER TABLE ${quote(schema)}.${quote(table)} REPLICA IDENTITY FULL`,
      },
    ];
  });
}

function judgeEachTable(
  facts: PostgresCaptureFacts,
  wanted: readonly { readonly name: string; readonly sql: string; readonly twoWay: boolean }[],
  captureUser: string,
): PreflightFinding[] {
  const identities: Readonly<Record<string, string>> = Object.fromEntries([
    ['d', 'DEFAULT'],
    ['n', 'NOTHING'],
    ['i', 'USING INDEX'],
  ]);
  return wanted.flatMap(({ name, sql, twoWay }) => {
    const table = facts.tables.find((candidate) => candidate.name === name);
    if (table === undefined) return [];
    const findings: PreflightFinding[] = [];
    if (twoWay && table.replicaIdentity !== 'f') {
      findings.push({
        check: 'replica_identity',
        table: name,
        found: `REPLICA IDENTITY ${identities[table.replicaIdentity] ?? table.replicaIdentity}`,
        required: 'REPLICA IDENTITY FULL: a two-way pair compares with the row before each change',
        howToFix: `ALTER TABLE ${sql} REPLICA IDENTITY FULL`,
      });
    }
    if (!twoWay && table.replicaIdentity !== 'f' && table.replicaIdentity !== 'd') {
      findings.push({
        check: 'replica_identity',
        table: name,
        found: `REPLICA IDENTITY ${identities[table.replicaIdentity] ?? table.replicaIdentity}`,
        required:
          'REPLICA IDENTITY DEFAULT or FULL: the log must name the primary key of a row that is changed',
        howToFix: `ALTER TABLE ${sql} REPLICA IDENTITY DEFAULT`,
      });
    }
    if (!table.readable && facts.role !== null) {
      findings.push({
        check: 'read_right',
        table: name,
        found: `${captureUser} may not read it`,
        required: 'SELECT on the table and USAGE on its schema, for snapshots',
        howToFix: `GRANT SELECT ON ${sql} TO ${quote(captureUser)}; GRANT USAGE ON SCHEMA ${sql.split('.')[0] ?? ''} TO ${quote(captureUser)}`,
      });
    }
    return findings;
  });
}
