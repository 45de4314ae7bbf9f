import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createChangeDecoder } from '@rowbridge/change-event';
import type { ChangeDecoder, RawRecord } from '@rowbridge/change-event';

/** Records of one table as a real connector sent them, with what made them. */
export interface TypesFixture {
  readonly engine: string;
  readonly serverVersion: string;
  readonly codec: 'avro' | 'json';
  readonly topic: string;
  readonly key: FixtureSchema;
  readonly value: FixtureSchema;
  readonly records: readonly FixtureRecord[];
}

export interface FixtureSchema {
  readonly schemaId: number;
  /** Avro: the schema as the registry has it. JSON: the text up to the payload, which every record repeats. */
  readonly schema: string;
}

export interface FixtureRecord {
  readonly label: string;
  readonly literal: string;
  /** Avro: the bytes in base64. JSON: the payload's text. */
  readonly key: string;
  readonly value: string;
}

/** @param name such as `postgres-18/types-live-avro` */
export function readTypesFixture(name: string): TypesFixture {
  const folder = join(__dirname, '..', '..', 'libs', 'change-event', 'src', 'fixtures');
  return JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8')) as TypesFixture;
}

/** A record's bytes as they were in the topic. */
export function rawRecord(fixture: TypesFixture, { key, value }: FixtureRecord, offset: number): RawRecord {
  const bytes = (text: string, { schema }: FixtureSchema): Buffer =>
    fixture.codec === 'avro' ? Buffer.from(text, 'base64') : Buffer.from(`${schema}${text}}`);
  return {
    topic: fixture.topic,
    partition: 0,
    offset: BigInt(offset),
    timestampMs: 0,
    key: bytes(key, fixture.key),
    value: bytes(value, fixture.value),
    headers: [],
  };
}

export function fixtureDecoder({ engine, topic, key, value }: TypesFixture): ChangeDecoder {
  const schemas = new Map([key, value].map(({ schemaId, schema }) => [schemaId, schema]));
  return createChangeDecoder({
    connectors: [
      {
        topicPrefix: topic.split('.')[0] ?? '',
        engineFamily: engine.startsWith('postgres') ? 'postgres' : 'mysql',
        epoch: 0,
      },
    ],
    schemas: { avroSchema: (id) => Promise.resolve(JSON.parse(schemas.get(id) ?? 'null') as unknown) },
  });
}
