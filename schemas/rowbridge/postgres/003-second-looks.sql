-- Keys in doubt, and the edits that lost.
create schema if not exists rowbridge;

create table if not exists rowbridge.second_looks (
  direction text collate "C" not null,
  table_name text collate "C" not null,
  row_key text collate "C" not null,
  reason text not null,
  blocked boolean not null,
  target_digest text,
  phase text not null,
  noted text,
  due_at_ms bigint not null,
  attempts integer not null,
  first_seen_ms bigint not null,
  primary key (direction, table_name, row_key)
);

-- An index is not made again: even with "if not exists" it would wait for every open write to the table.
do $$
begin
  if to_regclass('rowbridge.second_looks_due') is null then
    create index second_looks_due on rowbridge.second_looks (direction, table_name, due_at_ms, row_key);
  end if;
end
$$;

-- Rows are json and not jsonb: a lost row of MySQL may hold U+0000, which jsonb refuses.
create table if not exists rowbridge.conflicts (
  conflict_id text collate "C" not null primary key,
  pair text not null,
  entity text not null,
  direction text not null,
  source_key text not null,
  target_key text,
  conflict_type text not null,
  resolution text not null,
  winning_side text,
  source_row json,
  target_row json,
  generation integer not null,
  detected_at timestamptz not null default clock_timestamp()
);

do $$
begin
  if to_regclass('rowbridge.conflicts_detected') is null then
    create index conflicts_detected on rowbridge.conflicts (detected_at, conflict_id);
  end if;
end
$$;
