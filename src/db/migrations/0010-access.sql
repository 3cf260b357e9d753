-- Who may sign in. People, their sessions and their links belong to the installation as a whole: whoever
-- signs in has not said yet for which workspace. What they may do stands in `membership`.

create table member (
  member_id text not null primary key,
  email text not null,
  name text not null,
  operator integer not null,
  password text not null,
  totp text,
  totp_step bigint not null,
  recovery text not null,
  created_at bigint not null
);
create unique index member_by_email on member (email);

-- `digest`: SHA-256 of the cookie's value.
create table session (
  digest text not null primary key,
  session_id text not null,
  member_id text not null,
  state text not null,
  address text not null,
  agent text not null,
  created_at bigint not null,
  seen_at bigint not null
);
create index session_of_member on session (member_id);

-- Links that work once.
create table ticket (
  digest text not null primary key,
  kind text not null,
  created_at bigint not null,
  expires_at bigint not null,
  used_at bigint,
  email text,
  workspace_id text,
  role text,
  member_id text
);

create table membership (
  workspace_id text not null,
  member_id text not null,
  role text not null,
  since bigint not null,
  primary key (workspace_id, member_id)
);
create index membership_of_member on membership (member_id);

create table token (
  workspace_id text not null,
  token_id text not null,
  member_id text not null,
  name text not null,
  digest text not null,
  scopes text not null,
  networks text not null,
  created_at bigint not null,
  expires_at bigint not null,
  used_at bigint,
  former_digest text,
  former_until bigint,
  primary key (workspace_id, token_id)
);
create index token_by_digest on token (digest);
create index token_by_former on token (former_digest) where former_digest is not null;

-- What people did. Only ever added to; each row's hash covers the one before.
create table audit (
  workspace_id text not null,
  number bigint not null,
  at bigint not null,
  by_type text not null,
  by_id text,
  address text not null,
  action text not null,
  target text,
  before_value text,
  after_value text,
  hash text not null,
  primary key (workspace_id, number)
);

-- Answers to requests that carried an `Idempotency-Key`, sealed.
create table repeat (
  workspace_id text not null,
  digest text not null,
  body_digest text not null,
  at bigint not null,
  status integer,
  body text,
  primary key (workspace_id, digest)
);

-- JSON: whether its members need a second factor, and its flags.
alter table workspace add column settings text not null default '{}';
