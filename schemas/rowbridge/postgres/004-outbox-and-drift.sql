-- Events to publish, written with the rows they tell of; and tables that wait for a change of schema.
create schema if not exists rowbridge;

create table if not exists rowbridge.outbox (
  outbox_id bigint generated always as identity primary key,
  topic text not null,
  message_key bytea,
  headers json not null,
  message_value bytea,
  created_at timestamptz not null default clock_timestamp()
);

create table if not exists rowbridge.schema_drift (
  direction text collate "C" not null,
  table_name text collate "C" not null,
  error_code text collate "C" not null,
  what text not null,
  mapping_patch text,
  first_seen timestamptz not null default clock_timestamp(),
  last_seen timestamptz not null default clock_timestamp(),
  resolved_at timestamptz,
  primary key (direction, table_name, error_code)
);
