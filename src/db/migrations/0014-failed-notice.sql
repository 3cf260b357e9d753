-- When it was told that a connection's failed events will be deleted, and after how long they will.
create table failed_notice (
  workspace_id text not null,
  connection_id text not null,
  keep_ms bigint not null,
  told_at bigint not null,
  primary key (workspace_id, connection_id)
);
