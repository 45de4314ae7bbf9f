import { mysqlNumberColumns } from './mysql-number-columns.js';
import { mysqlOtherColumns } from './mysql-other-columns.js';
import { mysqlTimeColumns } from './mysql-time-columns.js';
import type { TypeColumn } from './type-column.js';

/** Types of MySQL and MariaDB that are carried, with the PostgreSQL types that hold them. */
export const mysqlColumns: readonly TypeColumn[] = [
  ...mysqlNumberColumns,
  ...mysqlTimeColumns,
  ...mysqlOtherColumns,
];
