-- What a person said of itself after an event that goes out late (see `successors.ts`). Identifies only: an index
-- of all events by person would make every append dearer.
create index event_of_identify on event (workspace_id, source_id, lane, person, seq)
 where type = 'identify';
