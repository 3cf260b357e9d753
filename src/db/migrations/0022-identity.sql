-- Who a member is at the OpenID Connect provider, from the first sign-in by it on. Like members, of the
-- installation as a whole.
create table member_identity (
  issuer text not null,
  subject text not null,
  member_id text not null,
  bound_at bigint not null,
  primary key (issuer, subject)
);
create unique index member_identity_of on member_identity (member_id, issuer);
