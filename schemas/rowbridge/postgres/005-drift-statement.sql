-- What a person would run so that a waiting table goes on, and the column it concerns.
-- A table is altered only where that changes it: every alteration waits for all readers, and all others wait behind it.
do $$
begin
  if not exists (
    select 1 from pg_catalog.pg_attribute
    where attrelid = 'rowbridge.schema_drift'::regclass and attname = 'column_name' and not attisdropped
  ) then
    alter table rowbridge.schema_drift
      add column if not exists statement text,
      add column if not exists column_name text;
  end if;
end
$$;
