create or replace function auth.token_sha256(token text) returns bytea
language sql immutable
as $$
  select pg_catalog.sha256(pg_catalog.convert_to(token, 'UTF8'))
$$;
comment on function auth.token_sha256(text) is
'What is kept of a token or key of 256 random bits. No salt and no work factor: there is nothing to guess.';
