import type { LogicalType } from '@rowbridge/change-event';
import type { TablePlan } from './direction-plan.js';
import { findValueMisfits, type RefusedValue } from './find-value-misfits.js';
import type { ColumnInCatalog, TableInCatalog } from './schema-misfit.js';

function table(name: string, change: Partial<ColumnInCatalog>): TableInCatalog {
  const column: ColumnInCatalog = {
    name,
    declaredAs: 'varchar(10)',
    holds: new Set<LogicalType>(['text']),
    nullable: true,
    hasDefault: false,
    computed: false,
    labels: null,
    restated: '',
    ...change,
  };
  return { columns: new Map([[name, column]]), primaryKey: ['id'] };
}

const mood = { source: 'mood', target: 'feeling', type: 'text', references: null, words: null } as const;

function refused(change: Partial<RefusedValue> & { words?: ReadonlyMap<string, string> }): RefusedValue {
  const plan = {
    source: { schema: 'public', table: 'people' },
    target: { schema: 'shop', table: 'persons' },
    columns: [{ ...mood, words: change.words ?? null }],
  } as unknown as TablePlan;
  const [source, target] = [table('mood', {}), table('feeling', {})];
  return { plan, column: 'feeling', source, target, formerSource: source, formerTarget: target, ...change };
}

describe('why a value was refused', () => {
  it.each<[string, Partial<RefusedValue>]>([
    ['nothing has changed', {}],
    [
      'the source was always wider',
      {
        source: table('mood', { declaredAs: 'text' }),
        formerSource: table('mood', { declaredAs: 'text' }),
      },
    ],
    ['another column is at fault', { column: 'email', target: table('feeling', { declaredAs: 'char(1)' }) }],
    ['what the tables were is not known', { formerSource: null, formerTarget: null }],
    [
      'an enumeration takes text from a source that has no labels',
      { target: table('feeling', { labels: ['calm'] }), formerTarget: null },
    ],
  ])('the record alone is at fault where %s', (_title, change) => {
    expect(findValueMisfits(refused(change))).toEqual([]);
  });

  it('a target that became narrower is to become what it was', () => {
    expect(
      findValueMisfits(refused({ target: table('feeling', { declaredAs: 'varchar(3)' }) })),
    ).toMatchObject([
      {
        errorCode: 'schema_incompatible',
        what: 'shop.persons.feeling is varchar(3) now and was varchar(10): a value no longer fits',
        repair: { kind: 'change_type', type: 'varchar(10)' },
      },
    ]);
  });

  it('a source that became wider asks for a target as wide', () => {
    const source = table('mood', { declaredAs: 'character varying(40)' });
    expect(findValueMisfits(refused({ source, column: 'mood' }))).toMatchObject([
      { repair: { kind: 'change_type', type: null, like: { declaredAs: 'character varying(40)' } } },
    ]);
  });

  it('labels of the source that the target lacks are named, though none is known of before', () => {
    const change = {
      source: table('mood', { labels: ['calm', 'merry', 'cross'] }),
      target: table('feeling', { labels: ['calm'] }),
      formerSource: null,
      formerTarget: null,
    };
    expect(findValueMisfits(refused(change))).toMatchObject([
      {
        errorCode: 'enum_label_missing',
        what: 'the enumeration shop.persons.feeling lacks labels that public.people.mood has: merry, cross',
        repair: { kind: 'add_labels', labels: ['merry', 'cross'] },
      },
    ]);
    expect(findValueMisfits(refused({ ...change, words: new Map([['calm', 'CALM']]) }))).toEqual([]);
  });

  it('null is to be allowed where either side has changed its mind about it', () => {
    const strict = table('feeling', { nullable: false });
    expect(findValueMisfits(refused({ target: strict }))).toMatchObject([
      { what: 'shop.persons.feeling holds no null any more', repair: { kind: 'allow_null' } },
    ]);
    const change = { target: strict, formerTarget: strict, formerSource: table('mood', { nullable: false }) };
    expect(findValueMisfits(refused(change))).toMatchObject([{ repair: { kind: 'allow_null' } }]);
  });
});
