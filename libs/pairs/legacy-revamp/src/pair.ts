import type { PairDeclaration } from '@rowbridge/mapping';
import { likes } from './mappings/likes.js';
import { posts } from './mappings/posts.js';
import { users } from './mappings/users.js';

/** A PostgreSQL application and its MySQL/MariaDB successor, both alive. Each side assigns its own ids. */
export const legacyRevamp: PairDeclaration = {
  name: 'legacy-revamp',
  sides: [
    {
      name: 'legacy',
      engineFamily: 'postgres',
      topicPrefix: 'legacy',
      schema: 'public',
      writtenBy: { direction: 'revamp-to-legacy', consumerGroup: 'sync-service-revamp' },
    },
    {
      name: 'revamp',
      engineFamily: 'mysql',
      topicPrefix: 'revamp',
      schema: 'revamp_db',
      writtenBy: { direction: 'legacy-to-revamp', consumerGroup: 'sync-service-legacy' },
    },
  ],
  tables: [users, posts, likes],
};
