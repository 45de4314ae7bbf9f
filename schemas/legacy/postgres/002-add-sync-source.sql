-- For databases made before the tables had the bookkeeping column of the source-column guard.
-- Nullable without a default: no rewrite of the table, and applications never name it.
do $$
declare
  older_table regclass;
begin
  for older_table in
    select oid from pg_catalog.pg_class
    where oid in ('legacy_users'::regclass, 'legacy_posts'::regclass, 'legacy_likes'::regclass)
      and not exists (
        select 1 from pg_catalog.pg_attribute
        where attrelid = pg_class.oid and attname = 'sync_source' and not attisdropped
      )
  loop
    execute format('alter table %s add column sync_source text', older_table);
  end loop;
end
$$;
