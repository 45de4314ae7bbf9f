-- What a direction knows of the events and rows it has seen. Written in the transaction that writes the rows.
-- Row keys are varbinary: they compare byte for byte and trailing spaces count, on MySQL and MariaDB alike.

-- Ids of events that took effect. The id's prefix is the commit time at the source, so a partition holds one day;
-- the first also holds older ids, `above` newer ones. Days are added ahead and dropped by age.
-- The token tells which ids one statement claimed.
create table if not exists rowbridge.processed_events (
  event_id binary(16) not null primary key,
  claim_token bigint unsigned not null
) engine = InnoDB
  partition by range columns (event_id) (partition above values less than (maxvalue));

-- The fence: how far a direction has come on each topic partition.
create table if not exists rowbridge.applied_offsets (
  direction varchar(64) not null,
  topic varchar(249) not null,
  partition_number int not null,
  next_offset bigint not null,
  high_water_position varchar(64) null,
  high_water_committed_at_ms double not null,
  fingerprint varchar(255) not null,
  updated_at timestamp(6) not null default current_timestamp(6) on update current_timestamp(6),
  primary key (direction, topic, partition_number)
) engine = InnoDB default character set ascii collate ascii_bin;

-- The newest position that changed each source row; outlives the ledger and the row itself.
create table if not exists rowbridge.row_versions (
  direction varchar(64) character set ascii collate ascii_bin not null,
  table_name varchar(64) character set utf8mb4 collate utf8mb4_bin not null,
  row_key varbinary(1024) not null,
  source_position varchar(64) character set ascii collate ascii_bin null,
  spent_stamp varchar(64) character set ascii collate ascii_bin null,
  deleted boolean not null,
  generation int not null,
  primary key (direction, table_name, row_key)
) engine = InnoDB;

-- Which row here is a source row's twin, where each side has keys of its own.
create table if not exists rowbridge.entity_mappings (
  entity varchar(64) character set utf8mb4 collate utf8mb4_bin not null,
  source_id varbinary(1024) not null,
  target_id varbinary(1024) not null,
  primary key (entity, source_id),
  unique key entity_mappings_target_unique (entity, target_id)
) engine = InnoDB;
