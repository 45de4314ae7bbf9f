-- For databases made before the tables had the bookkeeping column of the source-column guard.
-- Written with prepared statements because MySQL has no "add column if not exists".

set @add_sync_source = if(
  exists (
    select 1 from information_schema.columns
    where table_schema = database() and table_name = 'revamp_users' and column_name = 'sync_source'
  ),
  'do 0',
  'alter table revamp_users add column sync_source text null'
);
prepare add_sync_source from @add_sync_source;
execute add_sync_source;
deallocate prepare add_sync_source;

set @add_sync_source = if(
  exists (
    select 1 from information_schema.columns
    where table_schema = database() and table_name = 'revamp_posts' and column_name = 'sync_source'
  ),
  'do 0',
  'alter table revamp_posts add column sync_source text null'
);
prepare add_sync_source from @add_sync_source;
execute add_sync_source;
deallocate prepare add_sync_source;

set @add_sync_source = if(
  exists (
    select 1 from information_schema.columns
    where table_schema = database() and table_name = 'revamp_likes' and column_name = 'sync_source'
  ),
  'do 0',
  'alter table revamp_likes add column sync_source text null'
);
prepare add_sync_source from @add_sync_source;
execute add_sync_source;
deallocate prepare add_sync_source;
