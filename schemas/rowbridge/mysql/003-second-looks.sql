-- Keys in doubt, and the edits that lost.

create table if not exists rowbridge.second_looks (
  direction varchar(64) character set ascii collate ascii_bin not null,
  table_name varchar(64) character set utf8mb4 collate utf8mb4_bin not null,
  row_key varbinary(1024) not null,
  reason varchar(64) character set ascii collate ascii_bin not null,
  blocked boolean not null,
  target_digest varchar(255) character set ascii collate ascii_bin null,
  phase varchar(32) character set ascii collate ascii_bin not null,
  noted longtext character set utf8mb4 collate utf8mb4_bin null,
  due_at_ms bigint not null,
  attempts int not null,
  first_seen_ms bigint not null,
  primary key (direction, table_name, row_key),
  key second_looks_due (direction, table_name, due_at_ms, row_key)
) engine = InnoDB;

create table if not exists rowbridge.conflicts (
  conflict_id varchar(255) character set ascii collate ascii_bin not null primary key,
  pair varchar(255) character set utf8mb4 collate utf8mb4_bin not null,
  entity varchar(255) character set utf8mb4 collate utf8mb4_bin not null,
  direction varchar(64) character set ascii collate ascii_bin not null,
  source_key varbinary(1024) not null,
  target_key varbinary(1024) null,
  conflict_type varchar(64) character set ascii collate ascii_bin not null,
  resolution varchar(64) character set ascii collate ascii_bin not null,
  winning_side varchar(255) character set utf8mb4 collate utf8mb4_bin null,
  source_row json null,
  target_row json null,
  generation int not null,
  detected_at timestamp(6) not null default current_timestamp(6),
  key conflicts_detected (detected_at, conflict_id)
) engine = InnoDB;
