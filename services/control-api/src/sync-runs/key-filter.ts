import { canonicalFromEvent, type LogicalType } from '@rowbridge/change-event';
import type { KeyCondition } from '@rowbridge/control-protocol';
import {
  quoteMysqlIdentifier,
  quotePostgresIdentifier,
  type CatalogColumn,
} from '@rowbridge/database-access';
import type { EngineFamily } from '@rowbridge/mapping';

/** A condition that cannot be put to the database. `place` is a JSON pointer within the condition. */
export class KeyFilterError extends Error {
  override readonly name = 'KeyFilterError';
  constructor(
    readonly place: string,
    message: string,
  ) {
    super(message);
  }
}

/** A column a filter may name, as its database knows it. */
export interface FilterColumn {
  readonly type: LogicalType;
  readonly catalog: CatalogColumn;
}

interface InstantValue {
  readonly canonical: string;
  readonly utf8Hex: string;
  readonly place: string;
}

/** Writes values as SQL without any character of theirs in it: Debezium offers no place to bind them. */
interface FilterDialect {
  quoteIdentifier(name: string): string;
  text(utf8Hex: string, column: CatalogColumn): string;
  instant(value: InstantValue): string;
}

/** Types whose length would cut a literal that is cast to them: text compares with text. */
const postgresTextTypes = new Set(['text', 'character varying', 'character', 'bpchar', 'name']);

const dialects: Readonly<Record<EngineFamily, FilterDialect>> = {
  postgres: {
    quoteIdentifier: quotePostgresIdentifier,
    text(utf8Hex, { type, baseType }) {
      const literal = `convert_from(decode('${utf8Hex}', 'hex'), 'UTF8')`;
      return postgresTextTypes.has(baseType) ? literal : `cast(${literal} as ${type})`;
    },
    instant: ({ utf8Hex }) => `cast(convert_from(decode('${utf8Hex}', 'hex'), 'UTF8') as timestamptz)`,
  },
  mysql: {
    quoteIdentifier: quoteMysqlIdentifier,
    // A literal with an introducer gives way to the column's collation; a converted one would clash with it.
    text: (utf8Hex) => `_utf8mb4 x'${utf8Hex}'`,
    // A literal would be read in the time zone of the connector's session; a count of seconds is not.
    instant: ({ canonical, place }) => `from_unixtime(${unixSeconds(canonical, place)})`,
  },
};

/**
 * Conditions as SQL that the connector runs as it is. Names come from the catalog and are quoted; numbers are digits,
 * and every other value is hexadecimal, so no value can end its literal, be taken for a bind mark or for a pattern.
 * @param columnOf the column of that name, or undefined where the filter may not name it
 * @throws KeyFilterError
 */
export function keyFilterSql(
  conditions: readonly KeyCondition[],
  family: EngineFamily,
  columnOf: (name: string) => FilterColumn | undefined,
): string {
  const dialect = dialects[family];
  const parts = conditions.map((condition, index) => {
    const column = columnOf(condition.column);
    if (column === undefined) {
      throw new KeyFilterError(`/${index}/column`, 'is no key or mapped column of the table on this side');
    }
    const literal = (place: string, value: string): string =>
      literalOf({ dialect, column, place: `/${index}/${place}` }, value);
    const quoted = dialect.quoteIdentifier(column.catalog.name);
    if (condition.in !== undefined) {
      const values = condition.in.map((value, valueIndex) => literal(`in/${valueIndex}`, value));
      return `${quoted} in (${values.join(', ')})`;
    }
    return [
      ...(condition.from === undefined ? [] : [`${quoted} >= ${literal('from', condition.from)}`]),
      ...(condition.to === undefined ? [] : [`${quoted} <= ${literal('to', condition.to)}`]),
    ].join(' and ');
  });
  return parts.map((part) => `(${part})`).join(' and ');
}

/** The conditions in words: what is shown, stored and logged, without values. */
export function keyFilterWords(conditions: readonly KeyCondition[]): readonly string[] {
  return conditions.map(({ column, in: values, from, to }) => {
    if (values !== undefined)
      return `${column} in (${values.length} ${values.length === 1 ? 'value' : 'values'})`;
    return [
      ...(from === undefined ? [] : [`${column} >= ?`]),
      ...(to === undefined ? [] : [`${column} <= ?`]),
    ].join(' and ');
  });
}

interface LiteralPlace {
  readonly dialect: FilterDialect;
  readonly column: FilterColumn;
  readonly place: string;
}

function literalOf({ dialect, column, place }: LiteralPlace, value: string): string {
  const canonical = canonicalOf(column.type, place, value);
  const utf8Hex = Buffer.from(canonical, 'utf8').toString('hex');
  switch (column.type) {
    case 'int64':
    case 'uint64':
    case 'decimal':
      return digits(place, canonical);
    case 'boolean':
      return canonical === 'true' ? 'true' : 'false';
    case 'instant':
      return dialect.instant({ canonical, utf8Hex, place });
    case 'text':
    case 'fixed_text':
    case 'uuid':
    case 'date':
      return dialect.text(utf8Hex, column.catalog);
    default:
      throw new KeyFilterError(place, `a filter cannot compare values of the type ${column.type}`);
  }
}

function canonicalOf(type: LogicalType, place: string, value: string): string {
  if (/\0|\p{Surrogate}/u.test(value)) {
    throw new KeyFilterError(place, 'holds U+0000 or half a surrogate pair, which no key has');
  }
  try {
    return canonicalFromEvent(type, value) as string;
  } catch {
    throw new KeyFilterError(place, `is no canonical text of the type ${type}`);
  }
}

function digits(place: string, canonical: string): string {
  if (!/^-?\d+(?:\.\d+)?$/.test(canonical)) throw new KeyFilterError(place, 'is no finite number');
  return canonical;
}

/** Seconds since 1970 with six decimals; the instant is canonical, `YYYY-MM-DDTHH:MM:SS.ffffffZ`. */
function unixSeconds(canonical: string, place: string): string {
  const match = /^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2})\.(\d{6})Z$/.exec(canonical);
  const seconds = match ? Date.parse(`${match[1]}Z`) / 1_000 : -1;
  if (seconds < 0) throw new KeyFilterError(place, 'is before 1970 or no finite time: no TIMESTAMP is');
  return `${seconds}.${match?.[2]}`;
}
