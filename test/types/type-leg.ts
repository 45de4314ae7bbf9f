import type { ColumnDeclaration, PairDeclaration, SideDeclaration } from '@rowbridge/mapping';
import { mysqlColumns } from './mysql-columns.js';
import { postgresColumns } from './postgres-columns.js';
import type { EngineName, TypeColumn } from './type-column.js';

/** From an engine into another and back: what arrives must equal what set out. */
export interface TypeLeg {
  /** `postgres-mysql8` */
  readonly name: string;
  readonly origin: EngineName;
  readonly relay: EngineName;
  readonly columns: readonly TypeColumn[];
}

function leg(origin: EngineName, relay: EngineName): TypeLeg {
  return { name: `${origin}-${relay}`, origin, relay, columns: columnsOf(origin) };
}

/** The types an engine's origin table has. */
export function columnsOf(origin: EngineName): readonly TypeColumn[] {
  const columns = origin === 'postgres' ? postgresColumns : mysqlColumns;
  return columns.filter(({ only }) => only === null || only === origin);
}

export const typeLegs: readonly TypeLeg[] = [
  leg('postgres', 'mysql8'),
  leg('postgres', 'mariadb'),
  leg('mysql8', 'postgres'),
  leg('mariadb', 'postgres'),
  leg('mysql8', 'mysql8'),
  leg('mariadb', 'mariadb'),
];

export const originTable = 'types_origin';

export function relayTable({ name }: TypeLeg): string {
  return `relay_${name.replace('-', '_')}`;
}

export function returnTable({ name }: TypeLeg): string {
  return `return_${name.replace('-', '_')}`;
}

/** The type of a column where it is relayed. */
export function relayType(column: TypeColumn, relay: EngineName): string {
  return column.relays[relay] ?? column.type;
}

/** A table of a serial key, the case's label as natural key, a note, and every type of the leg. */
export function createTable(
  engine: EngineName,
  table: string,
  columns: readonly { readonly name: string; readonly type: string }[],
): string {
  const typed = columns.map(({ name, type }) => `${name} ${type}`);
  if (engine === 'postgres') {
    return `create table ${table} (id bigserial primary key, label text not null unique, note text, ${typed.join(', ')});
      alter table ${table} replica identity full`;
  }
  const label = 'label varchar(100) character set utf8mb4 collate utf8mb4_bin not null unique';
  return `create table ${table} (id bigint auto_increment primary key, ${label}, note varchar(50), ${typed.join(', ')})`;
}

interface PairSide {
  readonly engine: EngineName;
  readonly schema: string;
  readonly table: string;
  readonly topicPrefix: string;
}

/** One half of a leg as a pair of its own, so that no direction knows the other's rows as its echoes. */
export function typePair(
  name: string,
  columns: readonly TypeColumn[],
  { from, into }: { readonly from: PairSide; readonly into: PairSide },
): PairDeclaration {
  const side = (
    sideName: string,
    { engine, schema, topicPrefix }: PairSide,
    direction: string,
  ): SideDeclaration => ({
    name: sideName,
    engineFamily: engine === 'postgres' ? 'postgres' : 'mysql',
    topicPrefix,
    schema,
    writtenBy: { direction, consumerGroup: direction },
  });
  const both = (column: string): Record<string, string> => ({ from: column, into: column });
  const declared = (column: string, type: ColumnDeclaration['type']): ColumnDeclaration => ({
    names: both(column),
    type,
  });
  return {
    name,
    sides: [side('from', from, `${name}-reverse`), side('into', into, name)],
    tables: [
      {
        entity: name,
        tables: { from: from.table, into: into.table },
        generatedKey: { names: both('id'), type: 'int64' },
        naturalKey: ['label'],
        columns: [
          declared('label', 'text'),
          declared('note', 'text'),
          ...columns.map((column) => declared(column.name, column.logical)),
        ],
        conflictPolicy: { strategy: 'source_priority', prioritySide: 'from' },
        deleteVersusUpdate: 'update_wins',
        seededFrom: 'from',
      },
    ],
  };
}
