create or replace function auth.client_sha256() returns bytea
language sql stable
as $$
  select pg_catalog.sha256(pg_catalog.convert_to(
    pg_catalog.jsonb_build_array(auth.client_address(), auth.request_header('user-agent'))::text, 'UTF8'))
$$;
comment on function auth.client_sha256() is
'Tells clients apart, as far as that goes: the address and the user agent of the current request, hashed.';
