-- A write key that was rolled is taken for a while more.
alter table source add column former_key text;
alter table source add column former_until bigint;
create index source_by_former_key on source (former_key) where former_key is not null;
