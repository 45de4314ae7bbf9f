-- One row per connector, updated by the connector every second: on an idle database its committed position still
-- passes every earlier commit.
--
-- `create database if not exists` waits for every open transaction in a database that is there already, and all others
-- wait behind it: it is run only where the database is missing.
set @make_database = if(
  exists (select 1 from information_schema.schemata where schema_name = 'rowbridge'),
  'do 0',
  'create database if not exists rowbridge'
);
prepare make_database from @make_database;
execute make_database;
deallocate prepare make_database;

create table if not exists rowbridge.heartbeat (
  connector varchar(255) character set utf8mb4 not null primary key,
  beaten_at timestamp(6) not null default current_timestamp(6)
) engine = InnoDB;
