import { sampleSide } from '../../../test/pairs/sample-pair.js';
import type {
  ColumnDeclaration,
  GeneratedKey,
  PairDeclaration,
  SharedKey,
  TableDeclaration,
  TableMapping,
} from './pair.js';
import { verifyPair } from './verify-pair.js';

const email: ColumnDeclaration = { names: { left: 'email', right: 'mail' }, type: 'text' };

const members: TableMapping & GeneratedKey = {
  entity: 'members',
  tables: { left: 'members', right: 'people' },
  generatedKey: { names: { left: 'id', right: 'id' }, type: 'int64' },
  naturalKey: ['email'],
  columns: [email],
  conflictPolicy: { strategy: 'source_priority', prioritySide: 'left' },
  deleteVersusUpdate: 'update_wins',
  seededFrom: 'left',
};

function pairWith(...tables: readonly TableDeclaration[]): PairDeclaration {
  return { name: 'sample', sides: [sampleSide('left'), sampleSide('right')], tables };
}

describe('verifyPair', () => {
  it('finds nothing wrong with a sound pair', () => {
    expect(verifyPair(pairWith(members))).toEqual([]);
  });

  it.each<[string, Partial<TableMapping & GeneratedKey>, string]>([
    [
      'two words that map to one',
      {
        columns: [
          email,
          { names: { left: 'state', right: 'state' }, type: 'text', words: { on: 'X', off: 'X' } },
        ],
      },
      'two words map to "X"',
    ],
    [
      'two columns that map to one',
      { columns: [email, { names: { left: 'other', right: 'mail' }, type: 'text' }] },
      'used twice',
    ],
    ['a natural key that is not mapped', { naturalKey: ['phone'] }, '"phone" is not a mapped column'],
    ['no natural key', { naturalKey: [] }, 'at least one column'],
    [
      'a strategy without the column it needs',
      {
        conflictPolicy: { strategy: 'last_write_wins', timestampColumn: 'updated_at', prioritySide: 'left' },
      },
      'must be a mapped column of type instant',
    ],
    [
      'a priority side that is none',
      { conflictPolicy: { strategy: 'source_priority', prioritySide: 'middle' } },
      'no side "middle"',
    ],
    [
      'a reference to what is declared later',
      {
        columns: [
          email,
          { names: { left: 'team_id', right: 'team_id' }, type: 'int64', references: 'teams' },
        ],
      },
      'declare parents first',
    ],
    ['a table missing on one side', { tables: { left: 'members' } }, 'no table for side "right"'],
  ])('names %s', (_title, change, message) => {
    const faults = verifyPair(pairWith({ ...members, ...change }));
    expect(faults).toHaveLength(1);
    expect(faults[0]).toContain('sample.tables.members');
    expect(faults[0]).toContain(message);
  });
});

describe('verifyPair on keys that are the same on both sides', () => {
  const { generatedKey: _generated, naturalKey: _natural, ...mapping } = members;
  const shared: TableMapping & SharedKey = {
    ...mapping,
    sharedKey: [{ names: { left: 'tenant', right: 'tenant' }, type: 'text' }],
  };

  it('asks for no natural key', () => {
    expect(verifyPair(pairWith(shared))).toEqual([]);
  });

  it.each<[string, TableDeclaration, string]>([
    ['no key column', { ...shared, sharedKey: [] }, 'sharedKey: at least one column is needed'],
    [
      'a key column that is mapped again',
      { ...shared, columns: [{ names: { left: 'tenant', right: 'tenant' }, type: 'text' }] },
      '"tenant" of side "left" is used twice',
    ],
    [
      'rows that flow from a side that does not fill the other',
      { ...shared, oneWayFrom: 'right' },
      'seededFrom: must be "right"',
    ],
    ['rows that flow from no side', { ...shared, oneWayFrom: 'middle' }, 'oneWayFrom: no side "middle"'],
  ])('refuses %s', (_title, table, fault) => {
    expect(verifyPair(pairWith(table)).join()).toContain(fault);
  });

  it('refuses references to rows whose keys need no translation', () => {
    const child: TableDeclaration = {
      ...members,
      entity: 'notes',
      columns: [{ names: { left: 'email', right: 'mail' }, type: 'text', references: 'members' }],
    };
    expect(verifyPair(pairWith(shared, child)).join()).toContain('leave `references` out');
  });
});
