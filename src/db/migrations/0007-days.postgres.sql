-- Events are kept by day (see `day.ts`): a partition for each, made ahead and dropped as a whole. What is here
-- already becomes day 0. No default partition: a row whose day is missing is refused.
alter table event rename to event_0;
alter index event_pkey rename to event_0_former;
drop index event_of_guest;
alter table event_0 add column day integer not null default 0;
alter table event_0 add constraint event_0_day check (day = 0);

create table event (
  workspace_id text not null,
  source_id text not null,
  lane text not null,
  seq bigint not null,
  message_id text not null,
  type text not null,
  name text not null,
  person text,
  anonymous_id text,
  identifiers text not null,
  occurred_at bigint not null,
  received_at bigint not null,
  body text not null,
  day integer not null,
  primary key (workspace_id, source_id, lane, seq, day)
) partition by list (day);
alter table event_0 drop constraint event_0_former;
alter table event attach partition event_0 for values in (0);
alter table event_0 drop constraint event_0_day;

-- From which number on a lane's events are kept in which day. Before the first of them: day 0.
create table lane_day (
  workspace_id text not null,
  source_id text not null,
  lane text not null,
  first_seq bigint not null,
  day integer not null,
  primary key (workspace_id, source_id, lane, first_seq)
);

-- The events of lane `live` of visitors who were not known. By the time of writing, in spans of 16 days: a visitor
-- is looked up in all of them, so there are few.
create table guest (
  workspace_id text not null,
  source_id text not null,
  anonymous_id text not null,
  seq bigint not null,
  span integer not null default floor(extract(epoch from clock_timestamp()) / 1382400)::integer,
  primary key (workspace_id, source_id, anonymous_id, seq, span)
) partition by list (span);
do $$
declare
  span integer := floor(extract(epoch from clock_timestamp()) / 1382400)::integer;
begin
  execute format('create table guest_%s partition of guest for values in (%s)', span, span);
end
$$;
insert into guest (workspace_id, source_id, anonymous_id, seq)
select workspace_id, source_id, anonymous_id, seq
  from event
 where lane = 'live' and person is null and anonymous_id is not null;
