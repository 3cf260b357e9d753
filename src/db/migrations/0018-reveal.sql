-- Who sees people's details, until when. `caller_id`: of a session or a token.
create table reveal (
  workspace_id text not null,
  caller_id text not null,
  until_at bigint not null,
  primary key (workspace_id, caller_id)
);
