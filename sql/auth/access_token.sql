create or replace function auth.access_token(session uuid, subject text, tenant int, role text, lifetime interval default '15 minutes') returns text
language sql volatile
as $$
  select vigil_platform.sign_token(pg_catalog.jsonb_build_object(
    'iss', 'vigil', 'aud', 'vigil', 'typ', 'access', 'sub', subject, 'tenant_id', tenant, 'role', role, 'sid', session,
    'jti', pg_catalog.replace(pg_catalog.gen_random_uuid()::text, '-', ''),
    'iat', pg_catalog.floor(n.at), 'exp', pg_catalog.floor(n.at) + pg_catalog.floor(extract(epoch from lifetime))))
  from (select extract(epoch from pg_catalog.clock_timestamp()) as at) n
$$;
comment on function auth.access_token(uuid, text, int, text, interval) is
'Signs an access token of a session for a tenant and role, for 15 minutes at most. What auth.check_request makes of it later is decided then.';
