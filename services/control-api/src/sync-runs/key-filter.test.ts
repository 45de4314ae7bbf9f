import type { LogicalType } from '@rowbridge/change-event';
import type { KeyCondition } from '@rowbridge/control-protocol';
import type { CatalogColumn } from '@rowbridge/database-access';
import { KeyFilterError, keyFilterSql, keyFilterWords, type FilterColumn } from './key-filter.js';

function column(name: string, type: LogicalType, serverType: string): FilterColumn {
  const catalog: CatalogColumn = {
    name,
    type: serverType,
    baseType: serverType.replace(/\(.*/, ''),
    nullable: false,
    generated: false,
    autoAssigned: false,
    defaultValue: null,
    bumpedOnUpdate: false,
    length: null,
    precision: null,
    scale: null,
    collation: null,
  };
  return { type, catalog };
}

const columns = new Map([
  ['id', column('id', 'int64', 'bigint')],
  ['email', column('email', 'text', 'character varying(255)')],
  ['token', column('token', 'uuid', 'uuid')],
  ['updated_at', column('updated_at', 'instant', 'timestamp with time zone')],
  ['is_open', column('is_open', 'boolean', 'boolean')],
  ['document', column('document', 'json', 'jsonb')],
  ['odd "name', column('odd "name', 'int64', 'bigint')],
]);

const postgres = (...conditions: KeyCondition[]): string =>
  keyFilterSql(conditions, 'postgres', (name) => columns.get(name));
const mysql = (...conditions: KeyCondition[]): string =>
  keyFilterSql(conditions, 'mysql', (name) => columns.get(name));

function refusalOf(act: () => string): string | null {
  try {
    act();
    return null;
  } catch (error) {
    return error instanceof KeyFilterError ? error.place : 'another error';
  }
}

describe('a key filter as SQL', () => {
  it('names columns quoted, and writes numbers as digits', () => {
    expect(postgres({ column: 'id', in: ['7', '-3'] })).toBe('("id" in (7, -3))');
    expect(mysql({ column: 'id', from: '1', to: '99' })).toBe('(`id` >= 1 and `id` <= 99)');
    expect(postgres({ column: 'odd "name', in: ['1'] })).toBe('("odd ""name" in (1))');
    expect(postgres({ column: 'id', from: '1' }, { column: 'is_open', in: ['true'] })).toBe(
      '("id" >= 1) and ("is_open" in (true))',
    );
  });

  it('holds no character of a text value, whatever it is', () => {
    for (const value of ["'; drop table users; --", 'a\\', '?', '$1', '/* */', '´`"', '', 'ü😀']) {
      const hex = Buffer.from(value).toString('hex');
      expect(postgres({ column: 'email', in: [value] })).toBe(
        `("email" in (convert_from(decode('${hex}', 'hex'), 'UTF8')))`,
      );
      expect(mysql({ column: 'email', in: [value] })).toBe(`(\`email\` in (_utf8mb4 x'${hex}'))`);
    }
  });

  it('compares values of other types as their column does', () => {
    const uuid = '0189f0a0-0000-7000-8000-000000000001';
    expect(postgres({ column: 'token', in: [uuid] })).toMatch(/as uuid\)\)\)$/);
    expect(mysql({ column: 'updated_at', from: '2026-11-21T04:00:00+01:00' })).toBe(
      '(`updated_at` >= from_unixtime(1795230000.000000))',
    );
  });

  it('refuses what is no value of the column, and says where', () => {
    expect(refusalOf(() => postgres({ column: 'id', in: ['1', '1 or 1=1'] }))).toBe('/0/in/1');
    expect(refusalOf(() => postgres({ column: 'id', from: '9223372036854775808' }))).toBe('/0/from');
    expect(refusalOf(() => postgres({ column: 'email', to: 'a\0' }))).toBe('/0/to');
    expect(refusalOf(() => mysql({ column: 'updated_at', to: '1969-12-31T23:59:59Z' }))).toBe('/0/to');
    expect(refusalOf(() => postgres({ column: 'document', in: ['{}'] }))).toBe('/0/in/0');
    expect(refusalOf(() => postgres({ column: 'id', in: ['1'] }, { column: 'password', in: ['x'] }))).toBe(
      '/1/column',
    );
  });

  it('is shown without its values', () => {
    const words = keyFilterWords([
      { column: 'email', in: ['someone@example.org'] },
      { column: 'id', from: '41', to: '42' },
    ]);
    expect(words).toEqual(['email in (1 value)', 'id >= ? and id <= ?']);
  });
});
