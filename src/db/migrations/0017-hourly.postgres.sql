-- Counts by the hour in which events were received, for charts; see `core/hours.ts`. `what`: the number of a
-- reason, a metric, or a step of delay. Written with each settlement, mostly into rows that are there: room is
-- left on their pages.
create table hourly (
  workspace_id text not null,
  connection_id text not null,
  lane text not null,
  kind text not null,
  hour bigint not null,
  what text not null,
  events bigint not null,
  primary key (workspace_id, connection_id, lane, kind, hour, what)
) with (fillfactor = 70);
-- What there was before, by the hour in which it was settled.
insert into hourly (workspace_id, connection_id, lane, kind, hour, what, events)
select workspace_id, connection_id, lane, 'reason', minute / 60, cast(reason as text), sum(events)
  from tally
 where minute > 0
 group by workspace_id, connection_id, lane, minute / 60, reason
having sum(events) > 0;
