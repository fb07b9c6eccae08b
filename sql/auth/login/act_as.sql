create or replace function auth.act_as(account uuid, tenant int, role text, session uuid) returns void
language sql volatile
as $$
  select pg_catalog.set_config('request.jwt.claims', pg_catalog.jsonb_build_object(
    'sub', account, 'tenant_id', tenant, 'role', role, 'sid', session)::text, true)
$$;
comment on function auth.act_as(uuid, int, text, uuid) is
'From here on the current request, which came without a token, is that of an account that has proved who it is: so the audit trail has it.';
