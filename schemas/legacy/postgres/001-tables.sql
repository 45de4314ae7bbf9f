-- The legacy site's tables, in the schema that search_path names first (public).
-- Running the file again changes nothing.
-- replica identity full: a two-way pair compares and merges with the image before each change.
-- Status columns carry no check: an application may write any word, and the mapping refuses what it does not know.

create table if not exists legacy_users (
  id bigserial primary key,
  username varchar(255) not null,
  email varchar(320) not null,
  full_name varchar(255),
  phone_number varchar(64),
  status varchar(64) not null default 'active',
  created_at timestamptz(6) not null default current_timestamp,
  updated_at timestamptz(6) not null default current_timestamp,
  sync_source text,
  constraint legacy_users_email_unique unique (email)
);

create table if not exists legacy_posts (
  id bigserial primary key,
  user_id bigint not null,
  title varchar(512) not null,
  body text,
  status varchar(64) not null default 'draft',
  created_at timestamptz(6) not null default current_timestamp,
  updated_at timestamptz(6) not null default current_timestamp,
  sync_source text,
  constraint legacy_posts_user foreign key (user_id) references legacy_users (id)
);

create table if not exists legacy_likes (
  id bigserial primary key,
  user_id bigint not null,
  post_id bigint not null,
  created_at timestamptz(6) not null default current_timestamp,
  sync_source text,
  constraint legacy_likes_user_post_unique unique (user_id, post_id),
  constraint legacy_likes_user foreign key (user_id) references legacy_users (id),
  constraint legacy_likes_post foreign key (post_id) references legacy_posts (id)
);

-- A natural key of posts is looked up by author and time; children are looked up when a parent goes.
-- Even with "if not exists" an index waits for every open write, and an alteration for every reader, such as a
-- connector's snapshot, while all others wait behind it: what is there already is not made again.
do $$
declare
  partial_table regclass;
begin
  if to_regclass('legacy_posts_user_created') is null then
    create index legacy_posts_user_created on legacy_posts (user_id, created_at);
  end if;
  if to_regclass('legacy_likes_post') is null then
    create index legacy_likes_post on legacy_likes (post_id);
  end if;
  for partial_table in
    select oid from pg_catalog.pg_class
    where oid in ('legacy_users'::regclass, 'legacy_posts'::regclass, 'legacy_likes'::regclass)
      and relreplident <> 'f'
  loop
    execute format('alter table %s replica identity full', partial_table);
  end loop;
end
$$;
