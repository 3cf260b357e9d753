-- What searches look through instead of events: for blocks of 4096 numbers, a hash (4 bytes) of one field of
-- each event; see `outline.ts`.
create table outline (
  workspace_id text not null,
  source_id text not null,
  lane text not null,
  field text not null,
  from_seq bigint not null,
  oldest_at bigint not null,
  newest_at bigint not null,
  hashes bytea not null,
  primary key (workspace_id, source_id, lane, field, from_seq)
);
