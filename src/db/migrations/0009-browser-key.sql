-- The key that stands in a shop's pages, and what it may say. Null until the first start after this.
alter table source add column browser_key text;
alter table source add column browser_may text;
create index source_by_browser_key on source (browser_key);
