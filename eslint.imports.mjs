/**
 * Which part of the workspace may import which: imports go one way. The first role whose pattern matches a
 * folder holds, so `libs/writer-contract` is not a writer.
 *
 * `may` names roles, not packages: a new direction, pair or writer fits in without a change here.
 */
export const roles = [
  { role: 'errors', pattern: 'libs/errors', may: [] },
  { role: 'config', pattern: 'libs/config', may: ['errors'] },
  { role: 'observability', pattern: 'libs/observability', may: ['errors'] },
  { role: 'change-event', pattern: 'libs/change-event', may: ['errors'] },
  { role: 'control-protocol', pattern: 'libs/control-protocol', may: ['errors'] },
  { role: 'mapping', pattern: 'libs/mapping', may: ['errors', 'change-event'] },
  { role: 'pipeline', pattern: 'libs/pipeline', may: ['errors', 'change-event', 'mapping'] },
  {
    role: 'writer-contract',
    pattern: 'libs/writer-contract',
    may: ['errors', 'change-event', 'mapping', 'pipeline'],
  },
  {
    role: 'database-access',
    pattern: 'libs/database-access',
    may: ['errors', 'change-event', 'mapping', 'pipeline'],
  },
  {
    role: 'writer',
    pattern: 'libs/writer-*',
    may: ['errors', 'change-event', 'mapping', 'pipeline', 'database-access'],
  },
  { role: 'kafka', pattern: 'libs/kafka', may: ['errors', 'change-event'] },
  {
    role: 'control-store',
    pattern: 'libs/control-store',
    may: ['errors', 'control-protocol', 'database-access'],
  },
  { role: 'connect-client', pattern: 'libs/debezium-connect-client', may: [] },
  { role: 'pair', pattern: 'libs/pairs/*', may: ['mapping'] },
  {
    role: 'consistency',
    pattern: 'libs/consistency',
    may: ['errors', 'change-event', 'mapping', 'database-access'],
  },
  {
    role: 'direction-host',
    pattern: 'libs/direction-host',
    may: [
      'errors',
      'config',
      'control-protocol',
      'observability',
      'change-event',
      'mapping',
      'pipeline',
      'database-access',
      'writer',
      'kafka',
      'connect-client',
    ],
  },
  { role: 'embedded-stack', pattern: 'libs/embedded-stack', may: ['errors'] },
  { role: 'testing', pattern: 'libs/testing', may: ['errors', 'embedded-stack'] },
  {
    role: 'connectors',
    pattern: 'connectors',
    may: ['errors', 'mapping', 'pair', 'connect-client', 'database-access'],
  },
  { role: 'direction', pattern: 'services/*-to-*', may: ['direction-host', 'mapping', 'pair', 'writer'] },
  {
    role: 'control-api',
    pattern: 'services/control-api',
    may: [
      'errors',
      'config',
      'control-protocol',
      'control-store',
      'observability',
      'change-event',
      'mapping',
      'pipeline',
      'consistency',
      'database-access',
      'kafka',
      'connect-client',
      'pair',
      'connectors',
    ],
  },
  {
    role: 'cli',
    pattern: 'services/cli',
    may: ['errors', 'config', 'control-protocol', 'mapping', 'kafka', 'connect-client', 'pair', 'connectors'],
  },
  {
    role: 'launcher',
    pattern: 'services/launcher',
    may: [
      'errors',
      'mapping',
      'kafka',
      'pair',
      'connectors',
      'connect-client',
      'consistency',
      'database-access',
      'embedded-stack',
    ],
  },
];

/** The libraries that stay behind one part of ours, and the roles that may import them. */
export const guardedLibraries = [
  {
    sources: ['kafkajs', '@kafkajs/*', '@kafkajs/**'],
    roles: ['kafka'],
    testsMay: true,
    reason: 'only libs/kafka, and tests as a client of others, import the Kafka client; use its ports',
  },
  {
    sources: ['pg', 'pg/**', 'pg-*', 'mysql2', 'mysql2/**'],
    roles: ['writer', 'database-access', 'control-store', 'launcher', 'testing'],
    testsMay: true,
    reason:
      'only writers, database-access, the control store, the launcher and testing import database drivers',
  },
  {
    sources: ['kysely', 'kysely/**', 'libsql'],
    roles: ['control-store'],
    reason: 'only the control store builds its queries; use its interface',
  },
  {
    sources: ['testcontainers', '@testcontainers/**'],
    roles: ['testing'],
    reason: 'tests ask libs/testing for engines, whichever provider starts them',
  },
];
