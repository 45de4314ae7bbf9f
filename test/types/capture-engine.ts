import type { RawRecord } from '@rowbridge/change-event';
import type { PostgresVersion, RunningStack } from '@rowbridge/embedded-stack';
import { createRegistrySchemaSource } from '@rowbridge/kafka';
import type { KafkaConnection } from '@rowbridge/kafka';
import type { TestDatabase } from '@rowbridge/testing';
import { ConnectClient } from 'debezium-connect-client';
import { largeTable, largeTableStatements, largeUpdate } from './large-values.js';
import { insertStatements, nullLabel } from './origin-rows.js';
import { postgresTypeDeclarations } from './postgres-columns.js';
import { readTopic } from './read-topic.js';
import { refusedColumns } from './refused-types.js';
import { labelOf } from './type-column.js';
import type { EngineName, TypeColumn } from './type-column.js';
import { startTypeConnector } from './type-connector.js';
import type { FixtureRecord, TypesFixture } from './type-fixture.js';
import { columnsOf, createTable } from './type-leg.js';

export interface CapturedEngine {
  /** Folder of its fixtures. */
  readonly name: string;
  readonly engine: EngineName;
  readonly postgresVersion: PostgresVersion | null;
  readonly serverUrl: string;
}

interface CaptureTools {
  readonly stack: RunningStack;
  readonly kafka: KafkaConnection;
  readonly database: TestDatabase;
}

interface NamedFixture {
  readonly file: string;
  readonly content: TypesFixture;
}

const liveTable = 'types_live';
const snapshotTable = 'types_snapshot';
/** Of the types that mappings refuse. */
const refusedLiveTable = 'types_refused_live';
const refusedSnapshotTable = 'types_refused_snapshot';
/** Anything longer says nothing more of its type's encoding. */
const longestLiteral = 300;

const jsonConverter = 'org.apache.kafka.connect.json.JsonConverter';
const codecs = [
  { codec: 'avro', serverId: '5411', settings: {} },
  {
    codec: 'json',
    serverId: '5412',
    settings: {
      'key.converter': jsonConverter,
      'key.converter.schemas.enable': 'true',
      'value.converter': jsonConverter,
      'value.converter.schemas.enable': 'true',
      'schema.name.adjustment.mode': 'none',
      'field.name.adjustment.mode': 'none',
    },
  },
] as const;

/**
 * Every type of an engine as the pinned connector sends it, live and by snapshot, in Avro and in JSON; of PostgreSQL also
 * what it sends of refused types, in JSON, and an update that leaves large values alone.
 */
export async function* captureEngine(
  captured: CapturedEngine,
  tools: CaptureTools,
): AsyncGenerator<NamedFixture> {
  const { engine } = captured;
  const { database } = tools;
  const columns = columnsOf(engine).map(withoutLongCases);
  const first = columns.map((column) => ({ ...column, cases: column.cases.slice(0, 1) }));
  const isPostgres = engine === 'postgres';
  const snapshotColumns = engine === 'mariadb' ? columns.map(withoutYearZero) : columns;
  await prepare(captured, database, { columns, snapshotColumns });
  const schema = isPostgres ? 'public' : database.name;
  const postgresTables = [refusedSnapshotTable, refusedLiveTable, largeTable];
  const tables = [snapshotTable, liveTable, ...(isPostgres ? postgresTables : [])];
  const readers: TableReader[] = [];
  for (const { codec, settings, serverId } of codecs) {
    const prefix = `${codec}_${captured.name.replaceAll(/\W/g, '_')}`;
    const topics = tables.map((table) => `${prefix}.${schema}.${table}`);
    const snapshotMode = {
      'snapshot.mode': 'initial',
      ...(isPostgres ? {} : { 'database.server.id': serverId }),
    };
    await startTypeConnector({
      ...tools,
      engine,
      prefix,
      schema,
      tables,
      topics,
      settings: { ...snapshotMode, ...settings },
    });
    readers.push(await tableReader(captured, tools, { codec, prefix, schema }));
  }
  await database.run(insertStatements(liveTable, columns).join(';\n'));
  if (isPostgres) await database.run(insertStatements(refusedLiveTable, refusedColumns).join(';\n'));
  for (const { codec, read } of readers) {
    const live = await read(liveTable, casesOf(columns));
    const snapshot = await read(snapshotTable, casesOf(snapshotColumns));
    // JSON repeats all column names: one value a type shows its form.
    const kept = codec === 'json' ? first : columns;
    yield { file: `types-live-${codec}`, content: onlyOf(live, kept) };
    yield { file: `types-snapshot-${codec}`, content: onlyOf(snapshot, kept) };
    if (isPostgres && codec === 'json') {
      const cases = casesOf(refusedColumns);
      yield { file: 'types-refused-live-json', content: await read(refusedLiveTable, cases) };
      yield { file: 'types-refused-snapshot-json', content: await read(refusedSnapshotTable, cases) };
    }
  }
  if (isPostgres) await database.run(largeUpdate);
  for (const { codec, read, end } of readers) {
    if (isPostgres)
      yield { file: `types-unchanged-${codec}`, content: onlyUnchanged(await read(largeTable, largeCases)) };
    await end();
  }
}

const largeCases: readonly FixtureCase[] = [
  { label: 'inserted', literal: '' },
  { label: 'unchanged', literal: largeUpdate },
];

function onlyUnchanged(fixture: TypesFixture): TypesFixture {
  return { ...fixture, records: fixture.records.filter(({ label }) => label === 'unchanged') };
}

interface TableReader {
  readonly codec: TypesFixture['codec'];
  /** The records of a table's topic, one a case. */
  read(table: string, cases: readonly FixtureCase[]): Promise<TypesFixture>;
  /** Ends the connector. */
  end(): Promise<unknown>;
}

async function tableReader(
  captured: CapturedEngine,
  { stack, kafka, database }: CaptureTools,
  { codec, prefix, schema }: { codec: TypesFixture['codec']; prefix: string; schema: string },
): Promise<TableReader> {
  const described = await describer(captured, database);
  const connect = new ConnectClient({ url: stack.connect.url, timeoutMs: 60_000 });
  return {
    codec,
    async read(table, cases) {
      const topic = `${prefix}.${schema}.${table}`;
      const records = await readTopic(kafka, topic, cases.length).catch(async (cause: unknown) => {
        const [task] = (await connect.status(prefix))?.tasks ?? [];
        throw new Error(task?.trace ?? `${prefix} is ${task?.state ?? 'gone'}`, { cause });
      });
      const parts = codec === 'avro' ? await avroParts(records, stack) : jsonParts(records);
      return { ...described, codec, topic, ...labelled(parts, cases) };
    },
    end: () => connect.delete(prefix),
  };
}

async function prepare(
  { engine }: CapturedEngine,
  database: TestDatabase,
  { columns, snapshotColumns }: { columns: readonly TypeColumn[]; snapshotColumns: readonly TypeColumn[] },
): Promise<void> {
  const isPostgres = engine === 'postgres';
  await database.run(
    [
      ...(isPostgres ? postgresTypeDeclarations : []),
      createTable(engine, liveTable, columns),
      createTable(engine, snapshotTable, columns),
      ...(isPostgres ? postgresTableStatements() : []),
      ...insertStatements(snapshotTable, snapshotColumns),
      ...(isPostgres
        ? ['create publication types for all tables', 'create schema rowbridge']
        : ['create database if not exists rowbridge']),
      'create table rowbridge.heartbeat (connector varchar(100) primary key, beaten_at timestamp(6))',
    ].join(';\n'),
  );
}

function postgresTableStatements(): readonly string[] {
  return [
    ...largeTableStatements,
    createTable('postgres', refusedLiveTable, refusedColumns),
    createTable('postgres', refusedSnapshotTable, refusedColumns),
    ...insertStatements(refusedSnapshotTable, refusedColumns),
  ];
}

interface FixtureCase {
  readonly label: string;
  readonly literal: string;
}

function withoutLongCases(column: TypeColumn): TypeColumn {
  // Labels count a column's cases: the long ones are last.
  return {
    ...column,
    cases: column.cases.filter(
      ({ literal, value }) => literal.length + (value?.length ?? 0) < longestLiteral,
    ),
  };
}

/** The pinned connector's driver stops a snapshot at it (seen). It is the type's last case. */
function withoutYearZero(column: TypeColumn): TypeColumn {
  return column.type === 'year' ? { ...column, cases: column.cases.slice(0, -1) } : column;
}

function casesOf(columns: readonly TypeColumn[]): readonly FixtureCase[] {
  const cases = columns.flatMap((column) =>
    column.cases.map(({ literal }, index) => ({ label: labelOf(column, index), literal })),
  );
  return [{ label: nullLabel, literal: 'null' }, ...cases];
}

async function describer(
  { name }: CapturedEngine,
  database: TestDatabase,
): Promise<Pick<TypesFixture, 'engine' | 'serverVersion'>> {
  const [row] = await database.run('select version() as version');
  return { engine: name, serverVersion: /\d+\.\d+(?:\.\d+)?/.exec(String(row?.['version']))?.[0] ?? '' };
}

type RecordParts = Omit<TypesFixture, 'engine' | 'serverVersion' | 'codec' | 'topic'>;

async function avroParts(records: readonly RawRecord[], stack: RunningStack): Promise<RecordParts> {
  const schemas = createRegistrySchemaSource({ url: stack.schemaRegistry.confluentUrl });
  const part = async (bytes: Uint8Array | null | undefined): Promise<TypesFixture['key']> => {
    const schemaId = Buffer.from(bytes ?? []).readUInt32BE(1);
    return { schemaId, schema: JSON.stringify(await schemas.avroSchema(schemaId)) };
  };
  const base64 = (bytes: Uint8Array | null): string => Buffer.from(bytes ?? []).toString('base64');
  return {
    key: await part(records[0]?.key),
    value: await part(records[0]?.value),
    records: records.map(({ key, value }) => ({
      label: '',
      literal: '',
      key: base64(key),
      value: base64(value),
    })),
  };
}

/** Each record repeats its schema: the text up to the payload is kept once. */
function jsonParts(records: readonly RawRecord[]): RecordParts {
  const text = (bytes: Uint8Array | null | undefined): string => Buffer.from(bytes ?? []).toString('utf8');
  const prefixOf = (document: string): string => {
    const { schema } = JSON.parse(document) as { readonly schema: unknown };
    const prefix = `{"schema":${JSON.stringify(schema)},"payload":`;
    if (!document.startsWith(prefix)) throw new Error('a document of another form');
    return prefix;
  };
  const [keyPrefix, valuePrefix] = [prefixOf(text(records[0]?.key)), prefixOf(text(records[0]?.value))];
  return {
    key: { schemaId: 0, schema: keyPrefix },
    value: { schemaId: 0, schema: valuePrefix },
    records: records.map(({ key, value }) => ({
      label: '',
      literal: '',
      key: text(key).slice(keyPrefix.length, -1),
      value: text(value).slice(valuePrefix.length, -1),
    })),
  };
}

function labelled(parts: RecordParts, cases: readonly FixtureCase[]): RecordParts {
  const records = cases.map((each, index): FixtureRecord => ({
    ...(parts.records[index] as FixtureRecord),
    ...each,
  }));
  return { ...parts, records };
}

function onlyOf(fixture: TypesFixture, columns: readonly TypeColumn[]): TypesFixture {
  const labels = new Set(casesOf(columns).map(({ label }) => label));
  return { ...fixture, records: fixture.records.filter(({ label }) => labels.has(label)) };
}
