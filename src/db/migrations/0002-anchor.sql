-- What an append locks where others write too: a row for each source and for each store. Never changed.
create table anchor (
  workspace_id text not null,
  name text not null,
  primary key (workspace_id, name)
);
