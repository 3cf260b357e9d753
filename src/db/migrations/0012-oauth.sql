-- How a destination's credentials are to be read: a private key, or the tokens of an install.
alter table destination add column auth text not null default 'key';

-- People on their way to Klaviyo and back. `digest`: of the state that travels along.
create table handshake (
  digest text not null primary key,
  workspace_id text not null,
  store_id text not null,
  member_id text not null,
  session_digest text not null,
  preset text not null,
  verifier text not null,
  created_at bigint not null,
  expires_at bigint not null
);
create index handshake_of_store on handshake (workspace_id, store_id);
