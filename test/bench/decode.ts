import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { createChangeDecoder } from '@rowbridge/change-event';
import type { ChangeDecoder, RawRecord } from '@rowbridge/change-event';
import avro from 'avsc';

/** What decoding costs on one core, in processor time of all threads: unlike a rate it hardly depends on other load. */
export interface DecodeMeasurement {
  readonly engine: string;
  /** An update carries the row twice, before and after. */
  readonly operation: 'create' | 'update';
  readonly columns: number;
  readonly events: number;
  readonly microsecondsPerEvent: number;
  /** Of that, what avsc takes to read the same key and value into plain objects. */
  readonly avscMicrosecondsPerEvent: number;
  readonly overAvscMicrosecondsPerEvent: number;
}

interface CapturedBytes {
  readonly base64: string;
  readonly schemaId: number;
  readonly schema: string;
}

interface CapturedRecord {
  readonly topic: string;
  readonly key: CapturedBytes;
  readonly value: CapturedBytes;
}

interface SchemaNode {
  readonly type: unknown;
  readonly name?: string;
  readonly fields?: { readonly name: string; readonly type: unknown }[];
}

interface SampleEvent {
  readonly topic: string;
  readonly keySchema: unknown;
  readonly valueSchema: unknown;
  readonly key: Buffer;
  /** The value at a place in the log of its own. */
  valueAt(place: number): Buffer;
}

const fixtures = join('libs', 'change-event', 'src', 'fixtures');
const batchSize = 2_000;
const headerBytes = 5;

/**
 * Decodes an insert and an update of ten columns again and again; in turns with avsc alone over the same bytes, so that
 * both meet the same machine. The schema is a captured one of nine columns and one more, the values are made up: avsc
 * by itself does not read the nanoseconds of real events.
 * @param workspace the repository's folder
 * @param seconds how long to measure each, after a fifth of it as warm-up
 */
export async function measureDecoding(
  workspace: string,
  seconds: number,
): Promise<readonly DecodeMeasurement[]> {
  const measurements: DecodeMeasurement[] = [];
  for (const engine of ['postgres-18', 'mariadb-11.4']) {
    for (const operation of ['create', 'update'] as const) {
      const file = readFileSync(join(workspace, fixtures, engine, 'users-update.json'), 'utf8');
      const [captured] = (JSON.parse(file) as { readonly records: readonly CapturedRecord[] }).records;
      if (!captured) throw new Error(`no record captured from ${engine}`);
      measurements.push(await measure({ engine, operation, event: madeUp(captured, operation), seconds }));
    }
  }
  return measurements;
}

interface Measured {
  readonly engine: string;
  readonly operation: DecodeMeasurement['operation'];
  readonly event: SampleEvent;
  readonly seconds: number;
}

async function measure({ engine, operation, event, seconds }: Measured): Promise<DecodeMeasurement> {
  const decoder = decoderFor(event);
  const batch = batchOf(event);
  const readPlainly = plainReader(event, batch);
  const spent = { decoding: 0, reading: 0, events: 0 };
  const takeTurns = async (forSeconds: number): Promise<void> => {
    const start = performance.now();
    do {
      const before = process.cpuUsage();
      const decoded = await decoder.decode(batch);
      const between = process.cpuUsage();
      readPlainly();
      const after = process.cpuUsage();
      if (decoded.some(({ kind }) => kind !== 'change')) throw new Error('a captured record was not decoded');
      spent.decoding += microseconds(between) - microseconds(before);
      spent.reading += microseconds(after) - microseconds(between);
      spent.events += decoded.length;
    } while (performance.now() - start < forSeconds * 1_000);
  };
  await takeTurns(seconds / 5);
  Object.assign(spent, { decoding: 0, reading: 0, events: 0 });
  await takeTurns(seconds);
  const perEvent = (total: number): number => Number((total / spent.events).toFixed(2));
  return {
    engine,
    operation,
    columns: 10,
    events: spent.events,
    microsecondsPerEvent: perEvent(spent.decoding),
    avscMicrosecondsPerEvent: perEvent(spent.reading),
    overAvscMicrosecondsPerEvent: perEvent(spent.decoding - spent.reading),
  };
}

function microseconds({ user, system }: NodeJS.CpuUsage): number {
  return user + system;
}

/** avsc as anyone would use it. @returns reads every record of the batch once */
function plainReader({ keySchema, valueSchema }: SampleEvent, batch: readonly RawRecord[]): () => void {
  const [keyType, valueType] = [keySchema, valueSchema].map(avroType);
  const bodies = batch.map((record) =>
    [record.key, record.value].map((bytes) => bytes?.subarray(headerBytes)),
  );
  return () => {
    for (const [keyBytes, valueBytes] of bodies) {
      keyType?.fromBuffer(keyBytes as Buffer);
      valueType?.fromBuffer(valueBytes as Buffer);
    }
  };
}

function avroType(schema: unknown): avro.Type {
  return avro.Type.forSchema(schema as avro.Schema, { wrapUnions: false } as Partial<avro.ForSchemaOptions>);
}

/** Values by field name where they matter to decoding; any others fit their type. */
const samples: Readonly<Record<string, unknown>> = {
  id: 123_456_789,
  username: "renée o'neil",
  user_name: "renée o'neil",
  email: 'renee@example.org',
  email_address: 'renee@example.org',
  created_at: '2024-02-29T23:59:59.123456Z',
  updated_at: '2024-03-01T00:00:00.000001Z',
  snapshot: 'false',
  sequence: '["24023128","24023184"]',
  file: 'binlog.000001',
  ts_ms: 1_795_224_738_415,
  ts_us: 1_795_224_738_415_123,
  transaction: null,
};

/** What an update changes: of the columns as few as applications do, the rest it carries twice. */
const earlierValues = {
  updated_at: '2024-02-28T12:00:00.654321Z',
  login_count: 41,
  sync_source: 'some other',
};

function madeUp({ topic, key, value }: CapturedRecord, operation: 'create' | 'update'): SampleEvent {
  const keySchema = JSON.parse(key.schema) as SchemaNode;
  const valueSchema = JSON.parse(value.schema) as SchemaNode;
  const [before] = valueSchema.fields ?? [];
  const row = (before?.type as unknown[]).find((branch) => typeof branch === 'object') as SchemaNode;
  row.fields?.push({ name: 'login_count', type: ['null', 'int'] });
  const image = sampleOf(row, '') as Readonly<Record<string, unknown>>;
  const earlier = { ...image, ...earlierValues };
  const event: Record<string, unknown> = {
    ...(sampleOf({ ...valueSchema, fields: valueSchema.fields?.slice(2) ?? [] }, '') as object),
    before: operation === 'update' ? earlier : null,
    after: image,
    op: operation.slice(0, 1),
  };
  const [connector, , table] = topic.split('.');
  const source = { ...(event['source'] as object), name: connector, table };
  const valueType = avroType(valueSchema);
  const wire = (id: number, type: avro.Type, content: unknown): Buffer =>
    Buffer.concat([Buffer.of(0, 0, 0, 0, id), type.toBuffer(content)]);
  return {
    topic,
    keySchema,
    valueSchema,
    key: wire(1, avroType(keySchema), sampleOf(keySchema, '')),
    valueAt: (place) => wire(2, valueType, { ...event, source: { ...source, pos: place, lsn: place } }),
  };
}

/** A value that fits the schema: of unions the first branch that is not null. */
function sampleOf(schema: unknown, name: string): unknown {
  if (name in samples) return samples[name];
  if (Array.isArray(schema))
    return sampleOf(
      schema.find((branch) => branch !== 'null'),
      name,
    );
  const { type, fields } = (typeof schema === 'string' ? { type: schema } : schema) as SchemaNode;
  if (fields)
    return Object.fromEntries(fields.map((field) => [field.name, sampleOf(field.type, field.name)]));
  if (typeof type !== 'string') return sampleOf(type, name);
  return type === 'int' || type === 'long' ? 42 : type === 'string' ? `some ${name}` : false;
}

function decoderFor({ keySchema, valueSchema }: SampleEvent): ChangeDecoder {
  return createChangeDecoder({
    connectors: [
      { topicPrefix: 'legacy', engineFamily: 'postgres', epoch: 0 },
      { topicPrefix: 'revamp', engineFamily: 'mysql', epoch: 0 },
    ],
    schemas: { avroSchema: (id) => Promise.resolve(id === 1 ? keySchema : valueSchema) },
  });
}

function batchOf({ topic, key, valueAt }: SampleEvent): readonly RawRecord[] {
  return Array.from({ length: batchSize }, (_absent, index) => ({
    topic,
    partition: 0,
    offset: BigInt(index),
    timestampMs: 0,
    key,
    value: valueAt(25_000_000 + index * 56),
    headers: [],
  }));
}
