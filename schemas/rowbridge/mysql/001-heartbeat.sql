-- One row per connector, updated by the connector every second: on an idle database its committed position still
-- passes every earlier commit.
create database if not exists rowbridge;

create table if not exists rowbridge.heartbeat (
  connector varchar(255) character set utf8mb4 not null primary key,
  beaten_at timestamp(6) not null default current_timestamp(6)
) engine = InnoDB;
