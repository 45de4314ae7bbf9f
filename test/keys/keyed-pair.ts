import type {
  EngineFamily,
  KeyColumnDeclaration,
  PairDeclaration,
  SideDeclaration,
  TableDeclaration,
} from '@rowbridge/mapping';
import type { LogicalType } from '@rowbridge/change-event';

/** One table for each kind of key, under the same names on both sides. */
export interface KeyKind {
  readonly table: string;
  readonly key: readonly (readonly [name: string, type: LogicalType])[];
  readonly postgres: string;
  readonly mysql: string;
  /** The key as text, the same on both sides. */
  readonly shownOn: { readonly postgres: string; readonly mysql: string };
  /** Awkward keys as SQL literals, the same on both sides as {@link literalOn} writes them; at least four. */
  readonly keys: readonly (readonly string[])[];
}

/** Bytes as `x'…'` and text as `'…'`; PostgreSQL takes both once bytes are written its way. */
export function literalOn(family: EngineFamily, literal: string): string {
  if (family === 'mysql') return literal.startsWith("'") ? literal.replaceAll('\\', '\\\\') : literal;
  return literal.startsWith('x') ? `'\\x${literal.slice(2)}` : literal;
}

const uuids = ["'0A1B2C3D-4E5F-4A6B-8C7D-9E0F1A2B3C4D'", "'ffffffff-ffff-ffff-ffff-ffffffffffff'"];
const moreUuids = ["'00000000-0000-0000-0000-000000000000'", "'123e4567-e89b-12d3-a456-426614174000'"];
const texts = ["'a'", "'A'", "'it''s \"quoted\" \\ /[1,2]'", "'😀 é'", "''", '\'["x"]\''];

export const keyKinds: readonly KeyKind[] = [
  {
    table: 'composites',
    key: [
      ['tenant', 'text'],
      ['line', 'int64'],
    ],
    postgres: 'tenant text, line bigint, primary key (tenant, line)',
    mysql: 'tenant varchar(60) collate utf8mb4_bin, line bigint, primary key (tenant, line)',
    shownOn: {
      postgres: "concat(tenant, '/', line)",
      mysql: "concat(tenant, '/', line)",
    },
    keys: texts.flatMap((tenant) => [
      [tenant, '-1'],
      [tenant, '9223372036854775807'],
    ]),
  },
  {
    table: 'worded',
    key: [['word', 'text']],
    postgres: 'word text primary key',
    mysql: 'word varchar(200) collate utf8mb4_bin primary key',
    shownOn: { postgres: 'word', mysql: 'word' },
    keys: texts.map((text) => [text]),
  },
  {
    table: 'uuid_texts',
    key: [['id', 'uuid']],
    postgres: 'id uuid primary key',
    mysql: 'id char(36) character set ascii primary key',
    shownOn: { postgres: 'id::text', mysql: 'lower(id)' },
    keys: [...uuids, ...moreUuids].map((uuid) => [uuid]),
  },
  {
    table: 'binaries',
    key: [['id', 'bytes']],
    postgres: 'id bytea primary key',
    mysql: 'id varbinary(64) primary key',
    shownOn: { postgres: "encode(id, 'hex')", mysql: 'lower(hex(id))' },
    keys: ["x'00'", "x'0000'", "x'ff00'", "x'ff'", "x'275c22'"].map((bytes) => [bytes]),
  },
  {
    table: 'unsigneds',
    key: [['id', 'uint64']],
    postgres: 'id numeric(20, 0) primary key',
    mysql: 'id bigint unsigned primary key',
    shownOn: { postgres: 'id::text', mysql: 'cast(id as char)' },
    keys: ['0', '5', '9223372036854775807', '9223372036854775808', '18446744073709551615'].map((id) => [id]),
  },
];

function columnOf(name: string, type: LogicalType): KeyColumnDeclaration {
  return { names: { left: name, right: name }, type };
}

/** MySQL's ledgers of a server know a table by its entity: pairs that share a server have entities of their own. */
function tableOf(pair: string, { table, key }: KeyKind): TableDeclaration {
  return {
    entity: `${pair}-${table}`,
    tables: { left: table, right: table },
    sharedKey: key.map(([name, type]) => columnOf(name, type)),
    columns: [columnOf('note', 'text'), columnOf('edited_at', 'instant')],
    conflictPolicy: { strategy: 'last_write_wins', timestampColumn: 'edited_at', prioritySide: 'left' },
    deleteVersusUpdate: 'update_wins',
    seededFrom: 'left',
  };
}

export type KeyedSide = 'left' | 'right';
export type KeyedFamilies = Readonly<Record<KeyedSide, EngineFamily>>;

/** Both sides share the keys of every table, and changes flow both ways. */
export function keyedPair(name: string, families: KeyedFamilies): PairDeclaration {
  const side = (here: KeyedSide, there: KeyedSide): SideDeclaration => ({
    name: here,
    engineFamily: families[here],
    topicPrefix: `${name}-${here}`,
    schema: families[here] === 'postgres' ? 'public' : `${name.replaceAll('-', '_')}_${here}`,
    writtenBy: { direction: `${name}-${there}-to-${here}`, consumerGroup: `${name}-${here}` },
  });
  return {
    name,
    sides: [side('left', 'right'), side('right', 'left')],
    tables: keyKinds.map((kind) => tableOf(name, kind)),
  };
}

/** What makes the tables; `own` is a column of each side alone. */
export const keyedSchema: Readonly<Record<EngineFamily, string>> = {
  postgres: keyKinds
    .map(
      ({ table, postgres }) =>
        `create table ${table} (note text, edited_at timestamptz not null, own text, sync_source text, ${postgres});
         alter table ${table} replica identity full;`,
    )
    .join('\n'),
  mysql: keyKinds
    .map(
      ({ table, mysql }) =>
        `create table ${table} (note text, edited_at timestamp(6) not null, own text, sync_source text, ${mysql});`,
    )
    .join('\n'),
};
