-- PostgreSQL keeps events by day (see `day.ts`); in SQLite all of them are of day 0, which takes no room.
alter table event add column day integer not null default 0;

-- The events of lane `live` of visitors who were not known.
create table guest (
  workspace_id text not null,
  source_id text not null,
  anonymous_id text not null,
  seq bigint not null,
  primary key (workspace_id, source_id, anonymous_id, seq)
) without rowid;
insert into guest (workspace_id, source_id, anonymous_id, seq)
select workspace_id, source_id, anonymous_id, seq
  from event
 where lane = 'live' and person is null and anonymous_id is not null;
drop index event_of_guest;
