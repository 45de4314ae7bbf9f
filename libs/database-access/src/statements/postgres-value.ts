import { arrayElements, pointOfGeometry, type LogicalValue } from '@rowbridge/change-event';
import type { ElementKind } from '../facts/document-limits.js';
import type { ColumnFacts } from '../facts/table-facts.js';
import { arrayLiteral } from './array-literal.js';
import { columnFactsOf } from './bound-table.js';
import type { BoundTable, TypedColumn } from './bound-table.js';

/**
 * A logical value as the text the server reads exactly (I8); the server casts it to the column's type.
 * @param value one the column can hold
 */
export function postgresValue(table: BoundTable, column: TypedColumn, value: LogicalValue): string | null {
  if (value === null) return null;
  const { limits } = columnFactsOf(table, column.name);
  switch (column.type) {
    case 'bytes':
      return `\\x${value}`;
    case 'array':
      return limits.elements === null ? value : elementsLiteral(value, limits.elements);
    case 'geometry': {
      const point = limits.plainPoints ? pointOfGeometry(value) : null;
      return point === null ? `\\x${value}` : `(${point.join(',')})`;
    }
    case 'json':
      return limits.jsonTextMap ? hstoreLiteral(value) : value;
    default:
      return value;
  }
}

function elementsLiteral(canonical: string, elements: ElementKind): string {
  const prefix = elements === 'bytes' ? '\\x' : '';
  return arrayLiteral(
    arrayElements(canonical).map(({ kind, text }) => (kind === 'null' ? null : `${prefix}${text}`)),
  );
}

function hstoreLiteral(json: string): string {
  const members = Object.entries(JSON.parse(json) as Record<string, string | null>);
  const quoted = (text: string): string => `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
  return members
    .map(([key, value]) => `${quoted(key)}=>${value === null ? 'NULL' : quoted(value)}`)
    .join(',');
}

/** What to select so that the server shows the column's value as its events carry it. */
export function postgresSelection(sqlName: string, { typeName, limits }: ColumnFacts): string {
  if (typeName === 'numeric[]') return `to_json(${sqlName}::text[])`;
  const shown = limits.elements === null ? undefined : shownElements[limits.elements];
  if (shown !== undefined) {
    const elements = `select ${shown} from unnest(${sqlName}) with ordinality as part(element, place) order by place`;
    // Unnesting would take arrays within arrays apart: shown as they are, they are refused.
    return `case when array_ndims(${sqlName}) > 1 then to_json(${sqlName})
      when ${sqlName} is not null then to_json(array(${elements})) end`;
  }
  if (limits.elements !== null) return `to_json(${sqlName})`;
  return limits.jsonTextMap ? `${sqlName}::json` : sqlName;
}

/**
 * Elements that JSON would show in another form than events do. Times beyond the years that are carried stay as the server
 * writes them.
 */
const shownElements: Readonly<Partial<Record<ElementKind, string>>> = {
  wall_clock: `case when element >= '0001-01-01' and element < '10000-01-01'
    then to_char(element, 'YYYY-MM-DD"T"HH24:MI:SS.US') else element::text end`,
  bytes: "encode(element, 'hex')",
};
