import type { CatalogColumn, CatalogTable } from '../catalog.js';
import type { CaptureRequirements } from './capture-requirements.js';
import { checkTables, tableDialects } from './table-checks.js';
import { judgePostgresTables, type PostgresCaptureFacts } from './postgres-preflight.js';

const table = { schema: 'shop', table: 'order"s', twoWay: true, mappedColumns: [], timestampColumns: [] };
const requirements: CaptureRequirements = {
  tables: [table],
  captureUser: 'capture',
  sourceColumnGuard: false,
  logOriginGuard: true,
};

function column(name: string, nullable: boolean): CatalogColumn {
  return {
    name,
    type: 'bigint',
    baseType: 'bigint',
    nullable,
    generated: false,
    autoAssigned: false,
    defaultValue: null,
    bumpedOnUpdate: false,
    length: null,
    precision: null,
    scale: null,
    collation: null,
  };
}

function found(change: Partial<CatalogTable>): CatalogTable {
  return {
    schema: 'shop',
    table: 'order"s',
    columns: [column('a', false), column('b', false), column('c', true)],
    primaryKey: [],
    uniqueIndexes: [],
    foreignKeys: [],
    triggers: [],
    ...change,
  };
}

const fixes = (family: 'postgres' | 'mysql', change: Partial<CatalogTable>): string[] =>
  checkTables(requirements, { catalog: [found(change)], facts: new Map() }, tableDialects[family]).map(
    ({ check, howToFix }) => `${check}: ${howToFix}`,
  );

describe('a table without a primary key', () => {
  it('is fine once it has one', () => {
    expect(fixes('postgres', { primaryKey: ['a'] })).toEqual([]);
  });

  it('is told to make its key of a unique index that holds for all rows', () => {
    const uniqueIndexes = [
      { name: 'some', columns: ['a'], partial: true },
      { name: 'nulls', columns: ['a', 'c'], partial: false },
      { name: 'all', columns: ['b', 'a'], partial: false },
    ];
    expect(fixes('postgres', { uniqueIndexes })).toEqual([
      'primary_key: ALTER TABLE "shop"."order""s" ADD PRIMARY KEY ("b", "a"); or leave the table out',
    ]);
    expect(fixes('mysql', { uniqueIndexes })).toEqual([
      'primary_key: ALTER TABLE `shop`.`order"s` ADD PRIMARY KEY (`b`, `a`); or leave the table out',
    ]);
  });

  it('is told to number its rows where it has no such index', () => {
    expect(fixes('postgres', {})).toEqual([
      'primary_key: ALTER TABLE "shop"."order""s" ADD COLUMN "id" bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY; or leave the table out',
    ]);
    expect(fixes('mysql', { columns: [column('id', true)] })).toEqual([
      'primary_key: ALTER TABLE `shop`.`order"s` ADD COLUMN `row_id` bigint NOT NULL AUTO_INCREMENT PRIMARY KEY; or leave the table out',
    ]);
  });
});

describe('the replica identity', () => {
  const judge = (twoWay: boolean, replicaIdentity: string): string[] => {
    const facts = {
      role: null,
      publication: { operations: ['insert', 'update', 'delete'], tables: ['shop.t', 'rowbridge.heartbeat'] },
      tables: [{ name: 'shop.t', replicaIdentity, readable: true }],
    } as unknown as PostgresCaptureFacts;
    const tables = [{ ...table, table: 't', twoWay }];
    return judgePostgresTables(facts, { ...requirements, tables, publication: 'p', slot: 's' }).map(
      ({ howToFix }) => howToFix,
    );
  };

  it.each([
    [true, 'd', 'ALTER TABLE "shop"."t" REPLICA IDENTITY FULL'],
    [true, 'i', 'ALTER TABLE "shop"."t" REPLICA IDENTITY FULL'],
    [false, 'n', 'ALTER TABLE "shop"."t" REPLICA IDENTITY DEFAULT'],
    [false, 'i', 'ALTER TABLE "shop"."t" REPLICA IDENTITY DEFAULT'],
  ])('two-way %s, identity %s: says what to run', (twoWay, identity, fix) => {
    expect(judge(twoWay, identity)).toEqual([fix]);
  });

  it.each([
    [true, 'f'],
    [false, 'd'],
    [false, 'f'],
  ])('two-way %s, identity %s: nothing is missing', (twoWay, identity) => {
    expect(judge(twoWay, identity)).toEqual([]);
  });
});
