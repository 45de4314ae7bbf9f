import type { TableDeclaration } from '@rowbridge/mapping';

/** Posts recognise each other by author, creation time and title. */
export const posts: TableDeclaration = {
  entity: 'posts',
  tables: { legacy: 'legacy_posts', revamp: 'revamp_posts' },
  generatedKey: { names: { legacy: 'id', revamp: 'id' }, type: 'int64' },
  naturalKey: ['user_id', 'created_at', 'title'],
  columns: [
    { names: { legacy: 'user_id', revamp: 'author_id' }, type: 'int64', references: 'users' },
    { names: { legacy: 'title', revamp: 'headline' }, type: 'text' },
    { names: { legacy: 'body', revamp: 'content' }, type: 'text' },
    {
      names: { legacy: 'status', revamp: 'state' },
      type: 'text',
      words: { draft: 'DRAFT', published: 'PUBLISHED', archived: 'ARCHIVED' },
    },
    { names: { legacy: 'created_at', revamp: 'created_at' }, type: 'instant' },
    { names: { legacy: 'updated_at', revamp: 'updated_at' }, type: 'instant' },
  ],
  conflictPolicy: { strategy: 'last_write_wins', timestampColumn: 'updated_at', prioritySide: 'legacy' },
  deleteVersusUpdate: 'update_wins',
  seededFrom: 'legacy',
};
