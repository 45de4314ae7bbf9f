import {
  createChangeDecoder,
  createStructReader,
  type DecodedRecord,
  type RawRecord,
  type SchemaSource,
} from '@rowbridge/change-event';
import { RowbridgeError } from '@rowbridge/errors';
import type { DirectionPlan, TablePlan } from '@rowbridge/mapping';
import { readLetterHeaders, recordHeaders } from '@rowbridge/control-protocol';

/** A dead letter with what its record says, as far as it can be read. */
export interface DecodedLetter {
  readonly decoded: DecodedRecord;
  /** The row's key as text; null where there is none or it cannot be read. */
  readonly key: string | null;
}

/** Reads the records of dead letters as the directions read them, in any order. */
export interface LetterDecoder {
  /** @throws RowbridgeError `registry_unreachable` */
  decode(letters: readonly RawRecord[]): Promise<readonly DecodedLetter[]>;
  /** The table a record of this topic belongs to; null where no direction reads the topic any more. */
  tableOf(topic: string): TablePlan | null;
}

export function createLetterDecoder(schemas: SchemaSource, plans: readonly DirectionPlan[]): LetterDecoder {
  const connectors = plans.map(({ source }) => ({ ...source, epoch: 0 }));
  const decoder = createChangeDecoder({ schemas, connectors, inOrder: false });
  const keys = createStructReader(schemas);
  const tableOf = (topic: string): TablePlan | null =>
    plans.flatMap(({ tables }) => tables).find((table) => table.topic === topic) ?? null;
  const keyOf = async (decoded: DecodedRecord): Promise<string | null> => {
    if (decoded.kind === 'change') return decoded.event.key;
    const { topic, offset, key } = decoded.record;
    if (key === null) return null;
    if (offset < 0n) return keyOfRow(key);
    const table = tableOf(topic);
    try {
      const struct = await keys.read(`${topic}/key`, key);
      const columns = table?.source.key ?? Object.keys(struct);
      const values = columns.map((column) => String(struct[column]));
      return values.length === 1 ? (values[0] ?? null) : JSON.stringify(values);
    } catch (error) {
      if (error instanceof RowbridgeError && error.code === 'registry_unreachable') throw error;
      return null;
    }
  };
  return {
    tableOf,
    async decode(letters) {
      const decoded = await decoder.decode(letters.map(originalOf));
      return Promise.all(decoded.map(async (record) => ({ decoded: record, key: await keyOf(record) })));
    },
  };
}

/** The record as it lay in its first topic, as far as the dead letter says where that was. */
export function originalOf(letter: RawRecord): RawRecord {
  const { source } = readLetterHeaders(letter.headers);
  return {
    ...letter,
    topic: source?.topic ?? letter.topic,
    partition: source?.partition ?? letter.partition,
    offset: BigInt(source?.offset ?? letter.offset),
    headers: recordHeaders(letter.headers),
  };
}

/** A second look that failed stands for a row: its key names entity and row. */
function keyOfRow(key: Uint8Array): string | null {
  try {
    const named = JSON.parse(Buffer.from(key).toString()) as { readonly key?: unknown };
    return typeof named.key === 'string' ? named.key : null;
  } catch {
    return null;
  }
}
