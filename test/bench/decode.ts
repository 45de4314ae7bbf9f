import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { createChangeDecoder } from '@rowbridge/change-event';
import type { ChangeDecoder, RawRecord } from '@rowbridge/change-event';

/** What decoding costs, on one core. */
export interface DecodeMeasurement {
  readonly engine: string;
  readonly events: number;
  readonly eventsPerSecond: number;
  /** Processor time of all threads, garbage collection included: unlike the rate it does not depend on other load. */
  readonly processorMicrosecondsPerEvent: number;
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

const fixtures = join('libs', 'change-event', 'src', 'fixtures');
const batchSize = 2_000;

/**
 * Decodes one captured update (nine columns, both images) again and again.
 * @param workspace the repository's folder
 * @param seconds how long to measure, after a tenth of it as warm-up
 */
export async function measureDecoding(
  workspace: string,
  seconds: number,
): Promise<readonly DecodeMeasurement[]> {
  const measurements: DecodeMeasurement[] = [];
  for (const engine of ['postgres-18', 'mariadb-11.4']) {
    const file = readFileSync(join(workspace, fixtures, engine, 'users-update.json'), 'utf8');
    const [captured] = (JSON.parse(file) as { readonly records: readonly CapturedRecord[] }).records;
    if (!captured) throw new Error(`no record captured from ${engine}`);
    measurements.push(await measure(engine, captured, seconds));
  }
  return measurements;
}

async function measure(
  engine: string,
  captured: CapturedRecord,
  seconds: number,
): Promise<DecodeMeasurement> {
  const decoder = decoderFor(captured);
  const batch = batchOf(captured);
  await decodeFor(decoder, batch, seconds / 10);
  const processorStart = process.cpuUsage();
  const { events, elapsedSeconds } = await decodeFor(decoder, batch, seconds);
  const processor = process.cpuUsage(processorStart);
  return {
    engine,
    events,
    eventsPerSecond: Math.round(events / elapsedSeconds),
    processorMicrosecondsPerEvent: Number(((processor.user + processor.system) / events).toFixed(2)),
  };
}

async function decodeFor(
  decoder: ChangeDecoder,
  batch: readonly RawRecord[],
  seconds: number,
): Promise<{ readonly events: number; readonly elapsedSeconds: number }> {
  const start = performance.now();
  let events = 0;
  do {
    const decoded = await decoder.decode(batch);
    if (decoded.some(({ kind }) => kind !== 'change')) throw new Error('a captured record was not decoded');
    events += decoded.length;
  } while (performance.now() - start < seconds * 1_000);
  return { events, elapsedSeconds: (performance.now() - start) / 1_000 };
}

function decoderFor({ key, value }: CapturedRecord): ChangeDecoder {
  const schemas = new Map([key, value].map(({ schemaId, schema }) => [schemaId, schema]));
  return createChangeDecoder({
    connectors: [
      { topicPrefix: 'legacy', engineFamily: 'postgres', epoch: 0 },
      { topicPrefix: 'revamp', engineFamily: 'mysql', epoch: 0 },
    ],
    schemas: { avroSchema: (id) => Promise.resolve(JSON.parse(schemas.get(id) ?? 'null') as unknown) },
  });
}

function batchOf(captured: CapturedRecord): readonly RawRecord[] {
  const key = Buffer.from(captured.key.base64, 'base64');
  const value = Buffer.from(captured.value.base64, 'base64');
  return Array.from({ length: batchSize }, (_absent, index) => ({
    topic: captured.topic,
    partition: 0,
    offset: BigInt(index),
    timestampMs: 0,
    key,
    value,
    headers: [],
  }));
}
