-- What a person would run so that a waiting table goes on, and the column it concerns.
-- Written with a prepared statement because MySQL has no "add column if not exists".
set @add_statement = if(
  exists (
    select 1 from information_schema.columns
    where table_schema = 'rowbridge' and table_name = 'schema_drift' and column_name = 'statement'
  ),
  'do 0',
  'alter table rowbridge.schema_drift
    add column statement text character set utf8mb4 collate utf8mb4_bin null,
    add column column_name varchar(64) character set utf8mb4 collate utf8mb4_bin null'
);
prepare add_statement from @add_statement;
execute add_statement;
deallocate prepare add_statement;
