-- What a person asked to be done with many events; see `errand.ts`. It has come to `after_seq` in `lane`, and
-- goes on to the numbers in `until` (JSON, by lane).
create table errand (
  workspace_id text not null,
  connection_id text not null,
  errand_id text not null,
  act text not null,
  reason text,
  state text not null,
  total bigint not null,
  taken bigint not null,
  accepted bigint not null,
  later bigint not null,
  ended bigint not null,
  lane text not null,
  after_seq bigint not null,
  until text not null,
  asked_at bigint not null,
  ended_at bigint,
  primary key (workspace_id, connection_id, errand_id)
);
create index errand_running on errand (workspace_id, connection_id) where state = 'running';

alter table exception add column errand_id text;
create index exception_kept on exception (workspace_id, connection_id, lane, reason, seq)
  where state = 'kept';
create index exception_of_errand on exception (workspace_id, connection_id, errand_id, lane)
  where errand_id is not null;
-- Whatever waits for a retry cycle is due at the same time: then in order, without sorting all of it.
drop index exception_due;
create index exception_due on exception (workspace_id, connection_id, due_at, lane, seq)
  where state <> 'kept';

-- How many exceptions there are of each kind.
create table exception_count (
  workspace_id text not null,
  connection_id text not null,
  lane text not null,
  state text not null,
  reason text not null,
  events bigint not null,
  primary key (workspace_id, connection_id, lane, state, reason)
);
insert into exception_count (workspace_id, connection_id, lane, state, reason, events)
select workspace_id, connection_id, lane, state, reason, count(*)
  from exception
 group by workspace_id, connection_id, lane, state, reason;
