export { migrateMysql } from './migrate.js';
export { createMysqlTarget } from './mysql-target.js';
export type { MysqlTarget, MysqlTargetOptions } from './mysql-target.js';
export { defaultLogOriginServerId } from './mark-writes.js';
