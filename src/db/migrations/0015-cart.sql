-- Where a store puts a cart together again: an address with {token}. Null: it takes no cart links.
alter table store add column cart_url text;

-- Carts that a link puts together again, once (M8). `digest`: of the token that the link leads to; `contents`
-- (JSON) are gone once they were given out.
create table cart (
  workspace_id text not null,
  digest text not null,
  store_id text not null,
  contents text,
  expires_at bigint not null,
  used_at bigint,
  primary key (workspace_id, digest)
);
create index cart_by_digest on cart (digest);
create index cart_by_expiry on cart (workspace_id, expires_at);
