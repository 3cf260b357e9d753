-- Who made a version of the settings, as the trail names who acts; null: made before this was kept.
alter table connection_version add column by_type text;
alter table connection_version add column by_id text;
