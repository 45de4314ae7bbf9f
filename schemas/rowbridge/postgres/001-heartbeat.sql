-- One row per connector, updated by the connector every second: on an idle database its committed position still
-- passes every earlier commit, and the server can drop the log it no longer needs.
create schema if not exists rowbridge;

create table if not exists rowbridge.heartbeat (
  connector varchar(255) primary key,
  beaten_at timestamptz(6) not null
);
