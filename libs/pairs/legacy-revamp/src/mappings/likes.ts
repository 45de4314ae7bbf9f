import type { TableDeclaration } from '@rowbridge/mapping';

/** A like is known by who likes what; it is made or taken back, hardly ever edited. */
export const likes: TableDeclaration = {
  entity: 'likes',
  tables: { legacy: 'legacy_likes', revamp: 'revamp_likes' },
  generatedKey: { names: { legacy: 'id', revamp: 'id' }, type: 'int64' },
  naturalKey: ['user_id', 'post_id'],
  columns: [
    { names: { legacy: 'user_id', revamp: 'user_id' }, type: 'int64', references: 'users' },
    { names: { legacy: 'post_id', revamp: 'post_id' }, type: 'int64', references: 'posts' },
    { names: { legacy: 'created_at', revamp: 'created_at' }, type: 'instant' },
  ],
  conflictPolicy: { strategy: 'source_priority', prioritySide: 'legacy' },
  deleteVersusUpdate: 'update_wins',
  seededFrom: 'legacy',
};
