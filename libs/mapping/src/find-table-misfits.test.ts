import type { LogicalType } from '@rowbridge/change-event';
import { findTableMisfits, type TableComparison } from './find-table-misfits.js';
import type { ColumnInCatalog, TableInCatalog } from './schema-misfit.js';

function column(name: string, change: Partial<ColumnInCatalog> = {}): ColumnInCatalog {
  return {
    name,
    declaredAs: 'character varying(255)',
    holds: new Set<LogicalType>(['text']),
    nullable: true,
    hasDefault: false,
    computed: false,
    labels: null,
    restated: '',
    ...change,
  };
}

const id = column('id', { declaredAs: 'bigint', holds: new Set<LogicalType>(['int64']), nullable: false });

function table(...columns: readonly ColumnInCatalog[]): TableInCatalog {
  return { columns: new Map([id, ...columns].map((one) => [one.name, one])), primaryKey: ['id'] };
}

const former = table(column('email'), column('mood'), column('sync_source'));

function compare(now: TableInCatalog | null, change: Partial<TableComparison> = {}): TableComparison {
  return {
    side: 'right',
    schema: 'public',
    table: 'people',
    key: [{ name: 'id', type: 'int64' }],
    columns: [
      { name: 'email', type: 'text' },
      { name: 'mood', type: 'text' },
    ],
    written: true,
    now,
    former,
    ...change,
  };
}

describe('what a mapping can absorb', () => {
  it.each<[string, TableInCatalog]>([
    ['nothing changed', former],
    ['a column nobody maps was added', table(...former.columns.values(), column('nickname'))],
    [
      'a column nobody maps was added that must have a value, and has a default',
      table(...former.columns.values(), column('rank', { nullable: false, hasDefault: true })),
    ],
    [
      'a mapped column is wider',
      table(column('email', { declaredAs: 'text' }), column('mood'), column('sync_source')),
    ],
    [
      'a mapped column is narrower: values decide',
      table(column('email', { declaredAs: 'character varying(10)' }), column('mood'), column('sync_source')),
    ],
  ])('%s', (_title, now) => {
    expect(findTableMisfits(compare(now))).toEqual([]);
  });
});

describe('what makes a table wait', () => {
  it('a column that is gone is to be added with the type it had, or taken out of the mapping', () => {
    expect(findTableMisfits(compare(table(column('email'), column('sync_source'))))).toEqual([
      {
        errorCode: 'column_missing',
        what: 'public.people has no column "mood"; it has id, email, sync_source',
        column: 'mood',
        repair: {
          schema: 'public',
          table: 'people',
          kind: 'add_column',
          column: { name: 'mood', logical: 'text', declaredAs: 'character varying(255)' },
        },
        mappingChange: { kind: 'remove_column', side: 'right', column: 'mood' },
      },
    ]);
  });

  it('a column that is gone while one that can hold the same is new was renamed', () => {
    const now = table(column('email'), column('feeling'), column('sync_source'));
    expect(findTableMisfits(compare(now))).toMatchObject([
      {
        errorCode: 'column_missing',
        repair: { kind: 'rename_column', from: 'feeling', to: 'mood' },
        mappingChange: { kind: 'rename_column', side: 'right', from: 'mood', to: 'feeling' },
      },
    ]);
  });

  it('of two new columns the one of the very type is the new name; of two alike none is guessed', () => {
    const feeling = column('feeling');
    const other = (declaredAs: string): TableInCatalog =>
      table(column('email'), feeling, column('score', { declaredAs }), column('sync_source'));
    expect(findTableMisfits(compare(other('text')))).toMatchObject([{ repair: { from: 'feeling' } }]);
    expect(findTableMisfits(compare(other(feeling.declaredAs)))).toMatchObject([
      { repair: { kind: 'add_column' } },
    ]);
  });

  it('no new name is guessed where it is not known what the table was before', () => {
    const now = table(column('email'), column('feeling'));
    expect(findTableMisfits(compare(now, { former: null }))).toMatchObject([
      { repair: { kind: 'add_column', column: { declaredAs: null } } },
    ]);
  });

  it('a type that cannot hold the declared one is to be changed back, or declared', () => {
    const mood = column('mood', { declaredAs: 'integer', holds: new Set<LogicalType>(['int64']) });
    const now = table(column('email'), mood, column('sync_source'));
    expect(findTableMisfits(compare(now))).toMatchObject([
      {
        errorCode: 'schema_incompatible',
        what: 'public.people.mood is integer, the mapping declares text; it can be int64',
        repair: { kind: 'change_type', type: 'character varying(255)' },
        mappingChange: { kind: 'retype_column', column: 'mood', type: 'int64' },
      },
    ]);
  });

  it('a new column that must have a value, and has none, stands in the way of writes and not of reads', () => {
    const now = table(...former.columns.values(), column('rank', { nullable: false }));
    expect(findTableMisfits(compare(now))).toMatchObject([
      { errorCode: 'schema_incompatible', column: 'rank', repair: { kind: 'allow_null' } },
    ]);
    expect(findTableMisfits(compare(now, { written: false }))).toEqual([]);
  });

  it('a column the database computes by now cannot be written', () => {
    const now = table(column('email'), column('mood', { computed: true }), column('sync_source'));
    expect(findTableMisfits(compare(now))).toMatchObject([{ column: 'mood', repair: null }]);
    expect(findTableMisfits(compare(now, { written: false }))).toEqual([]);
  });

  it('I4: the column that guards against loops is missed', () => {
    expect(findTableMisfits(compare(table(column('email'), column('mood'))))).toMatchObject([
      { errorCode: 'column_missing', column: 'sync_source', repair: { kind: 'add_column' } },
    ]);
  });

  it('a table that is gone is to be made again as it was', () => {
    expect(findTableMisfits(compare(null))).toMatchObject([
      {
        errorCode: 'table_missing',
        repair: {
          kind: 'create_table',
          key: ['id'],
          columns: [
            { name: 'id', declaredAs: 'bigint' },
            { name: 'email' },
            { name: 'mood' },
            { name: 'sync_source' },
          ],
        },
      },
    ]);
  });

  it('another primary key is told with both', () => {
    const now = { ...former, primaryKey: ['id', 'email'] };
    expect(findTableMisfits(compare(now))).toMatchObject([
      { what: 'the primary key of public.people is (id, email), the mapping says (id)', repair: null },
    ]);
  });
});
