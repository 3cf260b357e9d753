-- Message ids of a file, see `seen-runs.ts`: in the order they came, and then in runs of 128 parts each.
-- `digests`: 16 bytes each; `places`: lane and number of each, as a double. No release has kept any before.

drop table seen;
create table seen_log (
  log_id integer not null primary key,
  newest_at bigint not null,
  digests bytea not null,
  places bytea not null
);
create table seen_run (
  part_id integer not null primary key,
  newest_at bigint not null,
  digests bytea not null,
  places bytea not null
);
