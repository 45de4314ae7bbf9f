-- The revamp site's tables, in the current database. Running the file again changes nothing.
-- Text compares byte for byte and counts trailing spaces (utf8mb4_nopad_bin), as it does in PostgreSQL:
-- otherwise two e-mail addresses that are two rows there would be one row here.
-- Timestamps have a default for inserts and nothing on update: a bump made by the server on a sync write would
-- look like a newer edit.
-- Status columns carry no check: an application may write any word, and the mapping refuses what it does not know.

create table if not exists revamp_users (
  id bigint not null auto_increment primary key,
  user_name varchar(255) not null,
  email_address varchar(320) not null,
  display_name varchar(255) null,
  mobile varchar(64) null,
  account_status varchar(64) not null default 'ACTIVE',
  created_at timestamp(6) not null default current_timestamp(6),
  updated_at timestamp(6) not null default current_timestamp(6),
  sync_source text null,
  unique key revamp_users_email_unique (email_address)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_nopad_bin;

create table if not exists revamp_posts (
  id bigint not null auto_increment primary key,
  author_id bigint not null,
  headline varchar(512) not null,
  content longtext null,
  state varchar(64) not null default 'DRAFT',
  created_at timestamp(6) not null default current_timestamp(6),
  updated_at timestamp(6) not null default current_timestamp(6),
  sync_source text null,
  key revamp_posts_author_created (author_id, created_at),
  constraint revamp_posts_author foreign key (author_id) references revamp_users (id)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_nopad_bin;

create table if not exists revamp_likes (
  id bigint not null auto_increment primary key,
  user_id bigint not null,
  post_id bigint not null,
  created_at timestamp(6) not null default current_timestamp(6),
  sync_source text null,
  unique key revamp_likes_user_post_unique (user_id, post_id),
  key revamp_likes_post (post_id),
  constraint revamp_likes_user foreign key (user_id) references revamp_users (id),
  constraint revamp_likes_post foreign key (post_id) references revamp_posts (id)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_nopad_bin;
