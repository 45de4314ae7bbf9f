export { migratePostgres } from './migrate.js';
export { createPostgresTarget } from './postgres-target.js';
export type { PostgresTarget, PostgresTargetOptions } from './postgres-target.js';
