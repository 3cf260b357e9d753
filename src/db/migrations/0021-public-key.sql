-- The account's public id (W16), where Klaviyo does not tell it with the credentials.
alter table destination add column public_key text;
