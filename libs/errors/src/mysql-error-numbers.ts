import type { ErrorCode } from './error-table.js';

/*
 * Server and client error numbers as in the "Error Message Reference" of MySQL 8 and the "Error Codes" page of
 * MariaDB; numbers marked MariaDB exist there only.
 */
const numbers: Partial<Record<ErrorCode, readonly number[]>> = {
  connection_lost: [
    1042, // server cannot resolve the client's host
    1043, // bad handshake
    1129, // host blocked after failed connections
    1152, // connection aborted
    1158, // error reading packets
    1159, // timeout reading packets
    1160, // error writing packets
    1161, // timeout writing packets
    1184, // connection aborted before authentication
    1927, // connection killed (MariaDB)
    2002,
    2003,
    2006,
    2013,
    2055,
    4031, // closed for inactivity
  ],
  shutting_down: [1053, 1077, 1079, 1080, 3169],
  too_many_connections: [1040, 1203, 1226],
  server_out_of_resources: [1037, 1038, 1041, 1135, 3168],
  disk_full: [1021, 1114, 3675],
  server_fault: [1015, 1026, 1030, 1034, 1194, 1195],
  read_only: [1223, 1290, 1792, 1836],
  deadlock: [1213, 1614],
  serialization_failure: [
    1020, // record changed since it was read (MariaDB with innodb_snapshot_isolation)
  ],
  lock_timeout: [1205, 3058, 3572],
  statement_timeout: [
    1317, // interrupted by KILL QUERY
    1969, // max_statement_time (MariaDB)
    3024, // max_execution_time
  ],
  statement_plan_stale: [
    1243, // unknown prepared statement handler
    1615, // prepared statement needs to be prepared again
  ],
  wrong_password: [
    1045,
    1130, // host is not allowed to connect
    1251,
    1698,
    1820, // password must be reset
    1862, // password expired
    3118, // account locked
    4151, // account locked (MariaDB)
  ],
  insufficient_privilege: [1044, 1142, 1143, 1227, 1370, 1410],
  database_missing: [1049],
  table_missing: [1051, 1109, 1146],
  column_missing: [1054],
  schema_incompatible: [
    1136, // column count does not match
    1364, // required column without default
    1906, // value for a generated column (MariaDB)
    3105, // value for a generated column
  ],
  missing_parent: [1216, 1452],
  children_remain: [1217, 1451],
  unique_value_held: [1022, 1062, 1169, 1586],
  null_not_allowed: [1048, 1263],
  out_of_range: [
    1264,
    1441, // datetime overflow
    1526, // no partition for the value
    1690,
    1748,
  ],
  value_too_long: [
    1071, // index key
    1118, // row size
    1153, // packet larger than max_allowed_packet
    1406,
  ],
  unmappable_value: [
    1265, // truncated: an unknown ENUM or SET member
    1292, // incorrect date, time or number
    1300, // invalid character string
    1366, // incorrect string, or number
    1411,
    3140, // invalid JSON
    3141,
    3144,
    3156,
    3854, // character set conversion
    3988,
  ],
  check_violation: [
    1369, // view WITH CHECK OPTION
    3819,
    4025, // constraint failed (MariaDB)
  ],
  other_constraint: [1761, 1762],
  refused_by_trigger: [1644],
};

/** Code of the error table by MySQL or MariaDB error number. */
export const codeByErrorNumber: ReadonlyMap<number, ErrorCode> = new Map(
  Object.entries(numbers).flatMap(([code, values]) =>
    values.map((value) => [value, code as ErrorCode] as const),
  ),
);
