import type { LogicalType, LogicalValue } from '@rowbridge/change-event';

/** The engines whose types are shown to cross. */
export type EngineName = 'postgres' | 'mysql8' | 'mariadb';

export type RefusalCode = 'out_of_range' | 'unmappable_value' | 'value_too_long' | 'unsupported_type';

/** Which target refuses a value, and with what code. */
export type Refusals = Readonly<Partial<Record<EngineName, RefusalCode>>>;

/** One value of one type. */
export interface TypeCase {
  /** SQL expression that makes it at its origin. */
  readonly literal: string;
  /** Its canonical text; null for SQL NULL, and where no target is reached. */
  readonly value: LogicalValue;
  readonly refusals: Refusals;
  /** Statements run before and after the insert, such as another session time zone. */
  readonly session: { readonly before: string; readonly after: string } | null;
}

/** A column type at its origin, the types that carry it elsewhere, and values of it. */
export interface TypeColumn {
  /** Column name in every table. */
  readonly name: string;
  /** As `create table` writes it at the origin. */
  readonly type: string;
  readonly logical: LogicalType;
  /** Type of the same column in the other engines; the origin's own type where left out. */
  readonly relays: Readonly<Partial<Record<EngineName, string>>>;
  readonly cases: readonly TypeCase[];
  /** Origins that have the type; all of the family where left out. */
  readonly only: EngineName | null;
  /** What of a value is not kept, where equality is looser than the text a server prints. */
  readonly remark: string | null;
}

export type CaseTuple = readonly [literal: string, value: LogicalValue, refusals?: Refusals];

export interface ColumnParts {
  readonly type: string;
  readonly logical: LogicalType;
  readonly relays?: TypeColumn['relays'];
  readonly cases: readonly (CaseTuple | TypeCase)[];
  /** Tells columns of one type apart. */
  readonly variant?: string;
  readonly only?: EngineName;
  readonly remark?: string;
}

/** A value no target holds. */
export function refusedBy(code: RefusalCode, ...engines: readonly EngineName[]): Refusals {
  return Object.fromEntries(engines.map((engine) => [engine, code]));
}

/** A value written in a session of its own. */
export function inSession(before: string, after: string, [literal, value, refusals]: CaseTuple): TypeCase {
  return { literal, value, refusals: refusals ?? {}, session: { before, after } };
}

export function typeColumn(parts: ColumnParts): TypeColumn {
  const { type, logical, relays = {}, cases, variant, only = null, remark = null } = parts;
  const name = [type, variant ?? '']
    .join('_')
    .toLowerCase()
    .replaceAll('[]', '_array')
    .replaceAll(/[^a-z0-9]+/g, '_')
    .replaceAll(/^_+|_+$/g, '')
    .slice(0, 40);
  return {
    name: `c_${name}`,
    type,
    logical,
    relays,
    only,
    remark,
    cases: cases.map((each): TypeCase => {
      if ('literal' in each) return each;
      const [literal, value, refusals = {}] = each;
      return { literal, value, refusals, session: null };
    }),
  };
}

/** The label of a case's row: the natural key by which it is found in every table. */
export function labelOf(column: TypeColumn, index: number): string {
  return `${column.name}#${index}`;
}

/** The same type at MySQL and MariaDB. */
export const mysqlFamily = (type: string): { readonly mysql8: string; readonly mariadb: string } => ({
  mysql8: type,
  mariadb: type,
});
