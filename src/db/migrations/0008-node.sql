-- The nodes on this database. Whoever has a row owns what its leases name it for: one heartbeat renews all.
create table node (
  node_id text not null primary key,
  delivers integer not null,
  joined_at bigint not null,
  until_at bigint not null
);

-- What a node was told to look at. Taken out as it is read.
create table hint (
  node_id text not null,
  hint_id text not null,
  lanes text not null,
  primary key (node_id, hint_id)
);

alter table lease drop column until_at;
-- When the budget was kept: the next owner's clock may be another.
alter table lease add column budget_at bigint;

-- Where configuration changed: how the other nodes notice without reading all of it.
create table change (
  workspace_id text not null primary key,
  number bigint not null,
  at bigint not null
);
create index change_by_time on change (at);
