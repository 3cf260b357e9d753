-- What only grows and only matters for a time is kept in partitions by age, so that it can be dropped as a
-- whole. There is no default partition: see `span.ts`. Both tables are empty here: no release has kept
-- anything in PostgreSQL before this step.

drop table seen;
create table seen (
  workspace_id text not null,
  digest text not null,
  lane text not null,
  seq bigint not null,
  received_at bigint not null,
  span integer not null default floor(extract(epoch from clock_timestamp()) / 691200)::integer,
  primary key (workspace_id, digest, span)
) partition by list (span);

drop table attempt;
create table attempt (
  workspace_id text not null,
  connection_id text not null,
  lane text not null,
  from_seq bigint not null,
  to_seq bigint not null,
  attempt_id text not null,
  version integer not null,
  at bigint not null,
  duration_ms integer not null,
  method text not null,
  path text not null,
  status integer not null,
  actions integer not null,
  request text not null,
  response text not null,
  error text,
  span integer not null default floor(extract(epoch from clock_timestamp()) / 86400)::integer,
  primary key (workspace_id, connection_id, lane, from_seq, attempt_id, span)
) partition by list (span);
