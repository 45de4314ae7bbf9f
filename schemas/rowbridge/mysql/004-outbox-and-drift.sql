-- Events to publish, written with the rows they tell of; and tables that wait for a change of schema.

create table if not exists rowbridge.outbox (
  outbox_id bigint not null auto_increment primary key,
  topic varchar(249) character set ascii collate ascii_bin not null,
  message_key longblob null,
  headers json not null,
  message_value longblob null,
  created_at timestamp(6) not null default current_timestamp(6)
) engine = InnoDB;

create table if not exists rowbridge.schema_drift (
  direction varchar(64) character set ascii collate ascii_bin not null,
  table_name varchar(64) character set utf8mb4 collate utf8mb4_bin not null,
  error_code varchar(64) character set ascii collate ascii_bin not null,
  what text character set utf8mb4 collate utf8mb4_bin not null,
  mapping_patch text character set utf8mb4 collate utf8mb4_bin null,
  first_seen timestamp(6) not null default current_timestamp(6),
  last_seen timestamp(6) not null default current_timestamp(6),
  resolved_at timestamp(6) null,
  primary key (direction, table_name, error_code)
) engine = InnoDB;
