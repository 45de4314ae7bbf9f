export { createMysqlPool, createPostgresPool } from './connection.js';
export type {
  MysqlConnection,
  MysqlPool,
  PoolSettings,
  PostgresConnection,
  PostgresPool,
} from './connection.js';
export { poolSettingsOf, serverTlsOf, type ConfiguredDatabase, type ConfiguredTls } from './pool-settings.js';
export { mysqlTls, postgresTls, type ServerTls } from './server-tls.js';
export { IdentifierError, quoteMysqlIdentifier, quotePostgresIdentifier } from './quote-identifier.js';
export { provisionMysql } from './provision/mysql.js';
export type { MysqlEngine, MysqlProvision } from './provision/mysql.js';
export { provisionPostgres, urlOfDatabase } from './provision/postgres.js';
export type { DatabaseUser, PostgresProvision } from './provision/postgres.js';
export { appliedOffsetColumns, appliedOffsetsFrom } from './applied-offsets.js';
export { compareRowKeys } from './compare-row-keys.js';
export { readPostgresTableFacts } from './facts/postgres-table-facts.js';
export { syncSourceColumn } from './facts/table-facts.js';
export type { ColumnFacts, TableFacts } from './facts/table-facts.js';
export { readPostgresAppliedOffsets, readPostgresLogEnd } from './postgres-log.js';
export { listMysqlTables, listPostgresTables } from './list-tables.js';
export { readSchemaFiles } from './provision/schema-files.js';
export { createPostgresSource } from './source-postgres.js';
export type { SourceConnection, SourceOptions } from './source-postgres.js';
export { openTableCatalog, TableCatalog } from './table-catalog.js';
export type { MisfitHandling, SchemaCatalog } from './table-catalog.js';
export { repairStatement } from './repair-statement.js';
export { inputValue, keyJoin, keyTypes, readPostgresRows, unnestInput } from './statements/postgres-rows.js';
export {
  bindTable,
  columnFactsOf,
  hasSyncSource,
  mappedColumn,
  requireHoldable,
  type BoundTable,
  type TypedColumn,
} from './statements/bound-table.js';
export { rowKeyFromServerText } from './statements/row-key-from-server-text.js';
export { groupByColumns, inKeyOrder, RowLocks, type ColumnGroup } from './statements/row-order.js';
export { postgresFailure, runOnPostgres } from './statements/postgres-statement.js';
export type {
  PostgresOutcome,
  PostgresStatement,
  RunPostgres,
  ServerRow,
} from './statements/postgres-statement.js';
export type {
  AppliedOffset,
  AppliedOffsets,
  LedgerMaintenance,
  LookSummary,
  OpenSchemaDrift,
  SchemaDrift,
  TargetAdministration,
} from './target-administration.js';
export { TransactionGuard } from './transaction-guard.js';
export { firstEventIdOf, ledgerDay, planLedgerDays } from './ledger-days.js';
export type { LedgerDay, LedgerWork } from './ledger-days.js';
export { readPostgresIdentities } from './statements/postgres-identities.js';
export { readServerCertificateEnd } from './server-certificate.js';
export { readServerFacts, type ServerFacts } from './server-facts.js';
export { lookSummaryColumns, lookSummaryFrom } from './look-summary.js';
export { readMysqlServer, type MysqlServer } from './facts/mysql-server.js';
export { readMysqlTableFacts } from './facts/mysql-table-facts.js';
export { readMysqlAppliedOffsets, readMysqlLogEnd } from './mysql-log.js';
export { createMysqlSource } from './source-mysql.js';
export { readMysqlIdentities } from './statements/mysql-identities.js';
export { boundKey, keyPredicate, readMysqlRows } from './statements/mysql-rows.js';
export { mysqlLogicalValue, mysqlSelection, mysqlValue } from './statements/mysql-value.js';
export { placeholderFor } from './facts/placeholder-text.js';
export { postgresSelection, postgresValue } from './statements/postgres-value.js';
export {
  mysqlFailure,
  runOnMysql,
  type MysqlOutcome,
  type MysqlRow,
  type MysqlStatement,
  type RunMysql,
} from './statements/mysql-statement.js';
export { readCatalog } from './catalog.js';
export type {
  CatalogColumn,
  CatalogForeignKey,
  CatalogTable,
  CatalogTrigger,
  CatalogUniqueIndex,
  DatabaseConnection,
  TableName,
} from './catalog.js';
export type {
  CaptureRequirements,
  CapturedTable,
  PostgresCaptureRequirements,
  PreflightFinding,
} from './preflight/capture-requirements.js';
export { preflightMysql } from './preflight/mysql-preflight.js';
export { requireRights, type NeededRights, type TableRight } from './preflight/require-rights.js';
export { preflightPostgres } from './preflight/postgres-preflight.js';
export { keyStatesFrom } from './key-states.js';
export { sqlList, type SqlFragment } from './statements/sql-list.js';
export { listMysqlConflicts, readMysqlConflict } from './conflicts/mysql-conflicts.js';
export { listPostgresConflicts, readPostgresConflict } from './conflicts/postgres-conflicts.js';
export type { ConflictEntry, ConflictQuery, ConflictWithRows } from './conflicts/conflict-entry.js';
