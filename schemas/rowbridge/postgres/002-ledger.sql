-- What a direction knows of the events and rows it has seen. Written in the transaction that writes the rows.
-- Text keys and positions compare byte for byte (collate "C"), which is the order positions are made for.
create schema if not exists rowbridge;

-- Ids of events that took effect. The id's prefix is the commit time at the source, so a partition holds one day;
-- ids of days without a partition lie in processed_events_default. Days are added ahead and dropped by age.
create table if not exists rowbridge.processed_events (
  event_id uuid not null primary key
) partition by range (event_id);

create table if not exists rowbridge.processed_events_default
  partition of rowbridge.processed_events default;

-- The fence: how far a direction has come on each topic partition.
create table if not exists rowbridge.applied_offsets (
  direction text collate "C" not null,
  topic text collate "C" not null,
  partition_number integer not null,
  next_offset bigint not null,
  high_water_position text collate "C",
  high_water_committed_at_ms double precision not null,
  fingerprint text collate "C" not null,
  updated_at timestamptz not null default clock_timestamp(),
  primary key (direction, topic, partition_number)
) with (fillfactor = 50);

-- The newest position that changed each source row; outlives the ledger and the row itself.
create table if not exists rowbridge.row_versions (
  direction text collate "C" not null,
  table_name text collate "C" not null,
  row_key text collate "C" not null,
  source_position text collate "C",
  spent_stamp text collate "C",
  deleted boolean not null,
  generation integer not null,
  primary key (direction, table_name, row_key)
) with (fillfactor = 90);

-- Which row here is a source row's twin, where each side has keys of its own.
create table if not exists rowbridge.entity_mappings (
  entity text collate "C" not null,
  source_id text collate "C" not null,
  target_id text collate "C" not null,
  primary key (entity, source_id),
  constraint entity_mappings_target_unique unique (entity, target_id)
);
