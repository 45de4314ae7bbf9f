/**
 * The regular expression by which Debezium means exactly this table, in include lists and signals; it matches whole
 * names, ignoring case.
 * @param schema PostgreSQL schema or MySQL database
 */
export function tablePattern(schema: string, table: string): string {
  return `${exactly(schema)}\\.${exactly(table)}`;
}

function exactly(name: string): string {
  return name.replaceAll(/[.\\+*?[^\]$(){}=!<>|:#\-,]/g, '\\$&');
}
