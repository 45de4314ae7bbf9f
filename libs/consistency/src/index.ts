export { comparePair, type PairComparisonRequest } from './compare-pair.js';
export type { DifferenceKind, PairComparison, RowDifference, TableComparison } from './comparison.js';
export type { PairReaders } from './pair-twins.js';
export { createMysqlSideReader } from './mysql-side-reader.js';
export { createPostgresSideReader } from './postgres-side-reader.js';
export type { ReadColumn, ReadRow, ReadValue, RowPage, SideReader, TwinKeys } from './side-reader.js';
