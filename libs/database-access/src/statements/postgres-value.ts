import { arrayElements, pointOfGeometry, type LogicalValue } from '@rowbridge/change-event';
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
      return limits.elements === null ? value : elementsLiteral(value);
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

function elementsLiteral(canonical: string): string {
  return arrayLiteral(arrayElements(canonical).map(({ kind, text }) => (kind === 'null' ? null : text)));
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
  if (limits.elements !== null) return `to_json(${sqlName})`;
  return limits.jsonTextMap ? `${sqlName}::json` : sqlName;
}
