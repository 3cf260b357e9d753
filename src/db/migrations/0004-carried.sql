-- Which events a request carried, where it was not all from its first to its last, and what was changed of
-- which on the way. Without either the row is as before.
alter table attempt add column seqs text;
alter table attempt add column notes text;
-- A visitor's history goes out with what made the visitor known, long after it: a few requests reach far.
create index attempt_far on attempt (workspace_id, connection_id, lane, to_seq)
  where to_seq - from_seq >= 2000;
