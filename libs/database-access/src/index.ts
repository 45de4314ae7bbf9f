export { createMysqlPool, createPostgresPool } from './connection.js';
export type { MysqlConnection, MysqlPool, PoolSettings, PostgresConnection, PostgresPool } from './connection.js';
export { IdentifierError, quoteMysqlIdentifier, quotePostgresIdentifier } from './quote-identifier.js';
export { provisionMysql } from './provision/mysql.js';
export type { MysqlEngine, MysqlProvision } from './provision/mysql.js';
export { provisionPostgres, urlOfDatabase } from './provision/postgres.js';
export type { DatabaseUser, PostgresProvision } from './provision/postgres.js';
