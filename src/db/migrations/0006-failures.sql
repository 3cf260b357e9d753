-- What is known of a failed event for as long as it is kept: which message it was, found by that also when
-- `seen` has forgotten it, and how often it has failed in all. `tries` counts for what follows next.
alter table exception add column message_id text not null default '';
alter table exception add column failures integer not null default 0;
update exception
   set failures = tries,
       message_id = coalesce(
         (select message_id
            from event
           where event.workspace_id = exception.workspace_id and event.source_id = exception.source_id
             and event.lane = exception.lane and event.seq = exception.seq),
         '');
create index exception_of_message on exception (workspace_id, connection_id, message_id);
