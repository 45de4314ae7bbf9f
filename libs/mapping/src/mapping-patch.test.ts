import { bothSides, samplePair, sampleSide } from '../../../test/pairs/sample-pair.js';
import { applyMappingPatch, mappingPatch } from './mapping-patch.js';
import type { PairDeclaration, TableDeclaration } from './pair.js';
import { verifyPair } from './verify-pair.js';

const pair = samplePair({
  columns: [
    { names: bothSides('mood'), type: 'text' },
    { names: bothSides('rank'), type: 'int64' },
    { names: bothSides('changed_at'), type: 'instant' },
  ],
  conflictPolicy: { strategy: 'last_write_wins', timestampColumn: 'changed_at', prioritySide: 'left' },
});

function patched(...changes: Parameters<typeof mappingPatch>[2]): PairDeclaration | null {
  const operations = mappingPatch(pair, 'people', changes);
  return operations && applyMappingPatch(pair, operations);
}

describe('mappingPatch', () => {
  it('renames a column on one side', () => {
    const renamed = patched({ kind: 'rename_column', side: 'right', from: 'mood', to: 'feeling' });
    expect(renamed?.tables[0]?.columns[1]?.names).toEqual({ left: 'mood', right: 'feeling' });
    expect(pair.tables[0]?.columns[1]?.names).toEqual(bothSides('mood'));
  });

  it('renames what natural keys and policies name by the first side', () => {
    const renamed = patched(
      { kind: 'rename_column', side: 'left', from: 'email', to: 'mail' },
      { kind: 'rename_column', side: 'left', from: 'changed_at', to: 'updated_at' },
    );
    expect(renamed?.tables[0]).toMatchObject({
      naturalKey: ['mail'],
      conflictPolicy: { timestampColumn: 'updated_at' },
    });
    expect(verifyPair(renamed as PairDeclaration)).toEqual([]);
  });

  it('leaves natural keys and policies alone when the other side renames, which they do not name', () => {
    const renamed = patched({ kind: 'rename_column', side: 'right', from: 'email', to: 'mail' });
    expect(renamed?.tables[0]).toMatchObject({
      naturalKey: ['email'],
      columns: [{ names: { left: 'email', right: 'mail' } }, {}, {}, {}],
    });
  });

  it('renames the one column meant of a key of several', () => {
    const { generatedKey: _generated, naturalKey: _natural, ...rest } = pair.tables[0];
    const sharedKey = [
      { names: bothSides('country'), type: 'text' as const },
      { names: bothSides('number'), type: 'int64' as const },
    ];
    const sharing: PairDeclaration = { ...pair, tables: [{ ...rest, sharedKey } as TableDeclaration] };
    const change = { kind: 'rename_column', side: 'right', from: 'number', to: 'place' } as const;
    const renamed = applyMappingPatch(sharing, mappingPatch(sharing, 'people', [change]) ?? []);
    expect(renamed.tables[0]?.sharedKey?.map(({ names }) => names['right'])).toEqual(['country', 'place']);
  });

  it('finds sides whose names hold what a JSON pointer escapes', () => {
    const odd = 'right/~1';
    const renamedSide = (names: Readonly<Record<string, string>>): Readonly<Record<string, string>> => ({
      left: names['left'] ?? '',
      [odd]: names['right'] ?? '',
    });
    const [table] = pair.tables;
    const oddly: PairDeclaration = {
      ...pair,
      sides: [sampleSide('left'), sampleSide(odd)],
      tables: [
        {
          ...table,
          tables: renamedSide(table.tables),
          generatedKey: { ...table.generatedKey, names: renamedSide(table.generatedKey.names) },
          columns: table.columns.map((column) => ({ ...column, names: renamedSide(column.names) })),
        },
      ],
    };
    const change = { kind: 'rename_column', side: odd, from: 'mood', to: 'feeling' } as const;
    const operations = mappingPatch(oddly, 'people', [change]) ?? [];
    expect(operations.map(({ path }) => path)).toEqual(['/tables/0/columns/1/names/right~1~01']);
    expect(applyMappingPatch(oddly, operations).tables[0]?.columns[1]?.names).toEqual({
      left: 'mood',
      [odd]: 'feeling',
    });
  });

  it("renames a key's column", () => {
    const renamed = patched({ kind: 'rename_column', side: 'right', from: 'id', to: 'number' });
    expect(renamed?.tables[0]?.generatedKey?.names).toEqual({ left: 'id', right: 'number' });
  });

  it('takes several columns out, whatever order they are named in', () => {
    const rest = patched(
      { kind: 'remove_column', side: 'right', column: 'mood' },
      { kind: 'retype_column', side: 'right', column: 'changed_at', type: 'instant' },
      { kind: 'remove_column', side: 'right', column: 'rank' },
    );
    expect(rest?.tables[0]?.columns.map(({ names }) => names['left'])).toEqual(['email', 'changed_at']);
  });

  it('is none where the pair would be unsound with it', () => {
    expect(patched({ kind: 'remove_column', side: 'right', column: 'email' })).toBeNull();
    expect(patched({ kind: 'remove_column', side: 'left', column: 'changed_at' })).toBeNull();
    expect(patched({ kind: 'rename_column', side: 'left', from: 'mood', to: 'rank' })).toBeNull();
    expect(patched({ kind: 'remove_column', side: 'left', column: 'nowhere' })).toBeNull();
    expect(patched({ kind: 'remove_column', side: 'left', column: 'id' })).toBeNull();
    expect(patched({ kind: 'retype_column', side: 'left', column: 'id', type: 'text' })).toBeNull();
    expect(patched()).toBeNull();
  });

  it('refuses to be applied where the declaration has no such place', () => {
    const operation = { op: 'remove', path: '/tables/0/columns/7' } as const;
    expect(() => applyMappingPatch(pair, [operation])).toThrow('/tables/0/columns/7');
  });
});
