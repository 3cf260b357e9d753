-- Whose clock the pages show a store's times by: an IANA name.
alter table store add column time_zone text not null default 'UTC';
