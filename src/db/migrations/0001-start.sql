-- One text for SQLite and PostgreSQL. Keys begin with the workspace, so that tables can be distributed
-- by it; nothing refers across workspaces. Times are epoch milliseconds.

create table workspace (
  workspace_id text not null primary key,
  name text not null
);

create table store (
  workspace_id text not null,
  store_id text not null,
  name text not null,
  store_key text not null,
  domain text,
  country text,
  currency text,
  primary key (workspace_id, store_id)
);

create table source (
  workspace_id text not null,
  source_id text not null,
  store_id text not null,
  name text not null,
  write_key text not null,
  enabled integer not null,
  primary key (workspace_id, source_id)
);
create index source_by_key on source (write_key);

-- An event's number is at least this plus one: retention raises it before it drops the newest events.
create table floor (
  workspace_id text not null,
  source_id text not null,
  lane text not null,
  seq bigint not null,
  primary key (workspace_id, source_id, lane)
);

create table destination (
  workspace_id text not null,
  destination_id text not null,
  account_id text not null,
  account_name text,
  secret text not null,
  state text not null,
  error_reason text,
  error_detail text,
  error_at bigint,
  scopes text,
  primary key (workspace_id, destination_id)
);

create table connection (
  workspace_id text not null,
  connection_id text not null,
  source_id text not null,
  destination_id text not null,
  state text not null,
  version integer not null,
  since bigint not null,
  primary key (workspace_id, connection_id)
);

create table connection_version (
  workspace_id text not null,
  connection_id text not null,
  version integer not null,
  settings text not null,
  changed_at bigint not null,
  primary key (workspace_id, connection_id, version)
);

-- `identifiers`: the person as known when the event came, JSON. Never changed.
create table event (
  workspace_id text not null,
  source_id text not null,
  lane text not null,
  seq bigint not null,
  message_id text not null,
  type text not null,
  name text not null,
  person text,
  anonymous_id text,
  identifiers text not null,
  occurred_at bigint not null,
  received_at bigint not null,
  body text not null,
  primary key (workspace_id, source_id, lane, seq)
);
create index event_of_guest on event (workspace_id, source_id, lane, anonymous_id, seq)
  where person is null;

-- `digest`: 128 bits of workspace, source and message id, as base64url.
create table seen (
  workspace_id text not null,
  digest text not null,
  lane text not null,
  seq bigint not null,
  received_at bigint not null,
  primary key (workspace_id, digest)
);

-- `kind`: 'user' or 'anonymous'.
create table alias (
  workspace_id text not null,
  store_id text not null,
  kind text not null,
  id text not null,
  email text,
  phone text,
  external_id text,
  primary key (workspace_id, store_id, kind, id)
);

-- The event of lane `live` that made a visitor known who has older events in this source.
create table link (
  workspace_id text not null,
  source_id text not null,
  anonymous_id text not null,
  seq bigint not null,
  primary key (workspace_id, source_id, anonymous_id)
);
create index link_by_seq on link (workspace_id, source_id, seq);

create table cursor (
  workspace_id text not null,
  connection_id text not null,
  lane text not null,
  source_id text not null,
  seq bigint not null,
  account_id text,
  fence bigint not null,
  intent_to bigint,
  intent_version integer,
  intent_digest text,
  success_at bigint,
  error_at bigint,
  error_status integer,
  error_text text,
  primary key (workspace_id, connection_id, lane)
);
create index cursor_of_source on cursor (workspace_id, source_id, lane);

-- `outcomes`: one byte an event, the number of its reason.
create table ledger (
  workspace_id text not null,
  connection_id text not null,
  lane text not null,
  from_seq bigint not null,
  to_seq bigint not null,
  settled_at bigint not null,
  outcomes bytea not null,
  primary key (workspace_id, connection_id, lane, from_seq)
);

-- Events by ledger byte and minute in which it was set; a changed byte counts -1 for the former reason.
-- Minute 0 holds the sum of all minutes.
create table tally (
  workspace_id text not null,
  connection_id text not null,
  lane text not null,
  minute bigint not null,
  reason integer not null,
  events bigint not null,
  primary key (workspace_id, connection_id, lane, minute, reason)
);

create table attempt (
  workspace_id text not null,
  connection_id text not null,
  lane text not null,
  from_seq bigint not null,
  to_seq bigint not null,
  attempt_id text not null,
  version integer not null,
  at bigint not null,
  duration_ms integer not null,
  method text not null,
  path text not null,
  status integer not null,
  actions integer not null,
  request text not null,
  response text not null,
  error text,
  primary key (workspace_id, connection_id, lane, from_seq, attempt_id)
);
create index attempt_by_time on attempt (workspace_id, at);

create table exception (
  workspace_id text not null,
  connection_id text not null,
  lane text not null,
  seq bigint not null,
  source_id text not null,
  state text not null,
  reason text not null,
  tries integer not null,
  due_at bigint not null,
  first_at bigint not null,
  last_at bigint not null,
  detail text,
  primary key (workspace_id, connection_id, lane, seq)
);
create index exception_due on exception (workspace_id, connection_id, due_at) where state <> 'kept';

-- What profile groups hold by now, so that an older event never overwrites a newer one's.
create table latest (
  workspace_id text not null,
  connection_id text not null,
  person text not null,
  group_name text not null,
  occurred_at bigint not null,
  primary key (workspace_id, connection_id, person, group_name)
);

-- The one table of the installation as a whole: a Klaviyo account may serve several workspaces.
create table lease (
  account_id text not null primary key,
  owner text,
  until_at bigint not null,
  fence bigint not null,
  budget text
);

create table refused (
  workspace_id text not null,
  at bigint not null,
  refused_id text not null,
  source_id text not null,
  reason text not null,
  body text not null,
  primary key (workspace_id, at, refused_id)
);
create index refused_by_reason on refused (workspace_id, reason);
