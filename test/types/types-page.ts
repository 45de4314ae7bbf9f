import type { LegResult, RowResult } from './run-leg.js';
import { labelOf } from './type-column.js';
import type { EngineName, TypeColumn } from './type-column.js';
import { relayType, typeLegs } from './type-leg.js';
import type { TypeLeg } from './type-leg.js';

export interface TypesMatrix {
  readonly versions: Readonly<Record<EngineName, string>>;
  readonly debeziumVersion: string;
  /** Results by name of the leg. */
  readonly results: ReadonlyMap<string, LegResult>;
  /** Types refused before anything is carried, with the reason. */
  readonly refusedTypes: readonly { readonly type: string; readonly reason: string }[];
}

const engineTitles: Readonly<Record<EngineName, string>> = {
  postgres: 'PostgreSQL',
  mysql8: 'MySQL',
  mariadb: 'MariaDB',
};

/** The page of types as the suite found them: Markdown. */
export function typesPage({ versions, debeziumVersion, results, refusedTypes }: TypesMatrix): string {
  const titled = (engine: EngineName): string => `${engineTitles[engine]} ${versions[engine]}`;
  return [
    '# Types',
    '',
    'Made from the results of the type suite (`test/types`), which carries every value below from a real server through',
    'its Debezium connector into another server, and from there back, and asks the first server whether what came back',
    'is what set out. `npm run generate:types` makes this page anew; the suite fails when it would differ.',
    '',
    `Engines: ${(['postgres', 'mysql8', 'mariadb'] as const).map(titled).join(', ')}; Debezium ${debeziumVersion}.`,
    '',
    '*Exact*: every value tried came back equal, and NULL as NULL. A value that would not is refused with a code of the',
    '[error table](reference/error-codes.md), named here with the values tried: it becomes a dead letter, nothing is written.',
    'Nothing is clamped, rounded, shifted or guessed. `mood` and `size` are enumerations, `positive` is a domain.',
    '',
    ...typeLegs.flatMap((leg) => legSection(leg, results.get(leg.name) ?? new Map(), titled)),
    '## Refused before the first row',
    '',
    'Preflight (`unsupported_type`) and the start of a direction refuse a mapping that names a column of these',
    'PostgreSQL types:',
    '',
    '| type | why |',
    '|---|---|',
    ...refusedTypes.map(({ type, reason }) => `| \`${type}\` | ${reason} |`),
    '',
    '## Where the connector stops',
    '',
    'Capture of all tables ends at such a value, whether its column is mapped or not: any array of bits, NULL within an array',
    'of an enumeration, NaN or infinity within an array of numbers. Preflight refuses a captured table that holds one, and says',
    'which constraint keeps it out.',
    '',
    '## Infinite intervals',
    '',
    'The pinned connector says zero of an infinite `interval`, as PostgreSQL 17 and later have them, live and by snapshot.',
    'Preflight (`infinite_interval`) refuses a mapped column that holds one, and says which constraint keeps it out: without',
    'that, one written later arrives as zero.',
    '',
    '## Read by snapshot',
    '',
    "Snapshots read through JDBC, and get some values wrong that live changes carry exactly: PostgreSQL's days before",
    "1582-10-25, MySQL's and MariaDB's TIME and year 0000, MariaDB's single floats. Such a value counts as absent, so that a",
    "second look reads the row from the database itself. In a row's key it makes the record a dead letter",
    '(`unmappable_value`), since the row is not known: any update of the row carries its key exactly. The pinned connector',
    'stops at the year 0000 in a snapshot of MariaDB, and at any MariaDB table with a column of type `inet4` or `inet6`, which preflight refuses.',
    '',
    '## Decoded but not captured',
    '',
    'These need extensions or versions that the suite does not have. Their encodings are decoded as documented, tested',
    'on made-up records: PostGIS `geometry` and `geography`, `vector` of MySQL 9 and MariaDB 11.7, `vector` and',
    '`halfvec` of pgvector.',
    '',
  ].join('\n');
}

function legSection(
  leg: TypeLeg,
  results: LegResult,
  titled: (engine: EngineName) => string,
): readonly string[] {
  return [
    `## ${titled(leg.origin)} → ${titled(leg.relay)} → ${titled(leg.origin)}`,
    '',
    '| type | carried in | as | result |',
    '|---|---|---|---|',
    ...leg.columns.map((column) => columnLine(leg, column, results)),
    '',
  ];
}

function columnLine(leg: TypeLeg, column: TypeColumn, results: LegResult): string {
  const found = column.cases.map(({ literal }, index) => ({
    literal,
    result: results.get(labelOf(column, index)),
  }));
  const refusals = new Map<string, string[]>();
  for (const { literal, result } of found) {
    const cause = causeOf(result);
    if (cause !== null) refusals.set(cause, [...(refusals.get(cause) ?? []), shown(literal)]);
  }
  const exact = found.some(({ result }) => causeOf(result) === null) ? ['exact'] : [];
  const refused = [...refusals].map(([cause, literals]) => `${cause}: ${literals.join(', ')}`);
  const remarks = column.remark === null ? [] : [column.remark];
  const cells = [
    `\`${column.type}\``,
    `\`${relayType(column, leg.relay)}\``,
    column.logical,
    [...(column.remark?.startsWith('a zero date') ? [] : exact), ...refused, ...remarks].join('; '),
  ];
  return `| ${cells.join(' | ')} |`;
}

/** Code and reason; null where the row came back. */
function causeOf(result: RowResult | undefined): string | null {
  if (!result) return 'not carried';
  const refusal = result.refusedOut ?? result.refusedBack;
  if (!refusal) return result.differing === null ? 'lost' : null;
  const reason = /: (the (?:column|row|text|value)[^(;.]+)/.exec(refusal.message)?.[1]?.trim();
  return `\`${refusal.code}\`${reason === undefined ? '' : ` (${reason})`}`;
}

const longestShown = 60;

function shown(literal: string): string {
  const text = literal.replaceAll('|', '\\|');
  return `\`${text.length > longestShown ? `${text.slice(0, longestShown)}…` : text}\``;
}
