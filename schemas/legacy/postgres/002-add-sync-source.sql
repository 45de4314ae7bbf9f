-- For databases made before the tables had the bookkeeping column of the source-column guard.
-- Nullable without a default: no rewrite of the table, and applications never name it.
alter table legacy_users add column if not exists sync_source text;
alter table legacy_posts add column if not exists sync_source text;
alter table legacy_likes add column if not exists sync_source text;
