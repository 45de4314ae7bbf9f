import type {
  ColumnDeclaration,
  ConflictPolicy,
  GeneratedKey,
  PairDeclaration,
  TableMapping,
} from '@rowbridge/mapping';

type Side = PairDeclaration['sides'][0];

export interface SamplePairOptions {
  /** What both sides have of their own, such as their engine; PostgreSQL's `public` without. */
  readonly side?: Partial<Pick<Side, 'engineFamily' | 'schema'>>;
  /** Besides `email`, `text` and the natural key. */
  readonly columns: readonly ColumnDeclaration[];
  readonly conflictPolicy?: ConflictPolicy;
}

/** A name that is the same on both sides of the sample pair. */
export const bothSides = (name: string): Readonly<Record<string, string>> => ({ left: name, right: name });

/** A side of the sample pair; its engine is PostgreSQL unless told otherwise. */
export const sampleSide = (name: string, change: SamplePairOptions['side'] = {}): Side => ({
  name,
  engineFamily: 'postgres',
  topicPrefix: name,
  schema: 'public',
  writtenBy: { direction: `to-${name}`, consumerGroup: `group-${name}` },
  ...change,
});

/** The two sides `left` and `right` with one table, `people`, named alike on both. */
export function samplePair({
  side,
  columns,
  conflictPolicy = { strategy: 'source_priority', prioritySide: 'left' },
}: SamplePairOptions): PairDeclaration & { readonly tables: readonly [TableMapping & GeneratedKey] } {
  return {
    name: 'sample',
    sides: [sampleSide('left', side), sampleSide('right', side)],
    tables: [
      {
        entity: 'people',
        tables: bothSides('people'),
        generatedKey: { names: bothSides('id'), type: 'int64' },
        naturalKey: ['email'],
        columns: [{ names: bothSides('email'), type: 'text' }, ...columns],
        conflictPolicy,
        deleteVersusUpdate: 'update_wins',
        seededFrom: 'left',
      },
    ],
  };
}
