import {
  canonicalFromEvent,
  formatRowKey,
  parseRowKey,
  type ChangeEvent,
  type DecodedRecord,
  type RowImage,
  type RowKey,
} from '@rowbridge/change-event';
import { RowbridgeError } from '@rowbridge/errors';
import type { TablePlan } from '@rowbridge/mapping';

/**
 * The change as the row's path takes it: its key in the declared types' canonical text, as both databases are asked for
 * it, and large columns that an update left alone filled in from the row before, where that is known whole. A key that
 * is not of its declared types makes the record undecodable. Pure.
 */
export function normalizeChange(table: TablePlan, decoded: DecodedRecord): DecodedRecord {
  if (decoded.kind !== 'change') return decoded;
  const { event } = decoded;
  try {
    const key = canonicalKey(table, event.key);
    const movedFrom = event.movedFrom && canonicalKey(table, event.movedFrom);
    const movedTo = event.movedTo && canonicalKey(table, event.movedTo);
    const after = fillFromBefore(table, event);
    const same =
      key === event.key &&
      movedFrom === event.movedFrom &&
      movedTo === event.movedTo &&
      after === event.after;
    return same ? decoded : { ...decoded, event: { ...event, key, movedFrom, movedTo, after } };
  } catch (error) {
    if (!(error instanceof RowbridgeError)) throw error;
    const problem = `the key of ${table.source.table} is not of its declared type: ${error.problem}`;
    return { kind: 'undecodable', record: decoded.record, error: new RowbridgeError(error.code, problem) };
  }
}

function canonicalKey({ source }: TablePlan, key: RowKey): RowKey {
  const { keyTypes } = source;
  const [onlyType] = keyTypes;
  if (keyTypes.length === 1 && onlyType) return canonicalFromEvent(onlyType, key) as string;
  const values = parseRowKey(source.key, key);
  const canonical = keyTypes.map((type, index) => canonicalFromEvent(type, values[index] ?? null));
  return formatRowKey(
    source.key,
    Object.fromEntries(source.key.map((name, index) => [name, canonical[index] ?? null])),
  );
}

/** Two-way tables send the whole row before each change. A one-way table may send a part, whose gaps look like nulls. */
function fillFromBefore(table: TablePlan, { operation, before, after }: ChangeEvent): RowImage | null {
  if (operation !== 'update' || table.oneWay || before === null || after === null) return after;
  const isGap = ({ source }: { source: string }): boolean =>
    after[source] === undefined && before[source] !== undefined;
  return table.columns.some(isGap) ? { ...before, ...after } : after;
}
