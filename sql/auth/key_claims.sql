create or replace function auth.key_claims(key text, path text) returns jsonb
language plpgsql stable
as $$
declare
  v_key record;
begin
  select k.tenant_id, k.api_key_id, k.name, k.scope, k.endpoints, k.expires_at, k.revoked_at, t.active into v_key
  from auth.api_key k
  join fleet.tenant t on t.tenant_id = k.tenant_id
  where k.key_sha256 = pg_catalog.sha256(pg_catalog.convert_to(key_claims.key, 'UTF8'));
  if not found or v_key.revoked_at is not null or v_key.expires_at <= pg_catalog.clock_timestamp() or not v_key.active then
    raise sqlstate 'PT401' using
      message = case
        when v_key.revoked_at is not null then 'the API key was revoked'
        when v_key.expires_at is not null and v_key.expires_at <= pg_catalog.clock_timestamp() then 'the API key has expired'
        when not v_key.active then 'the API key''s tenant is not active'
        else 'the API key is not valid'
      end,
      hint = 'Send a key of POST /rpc/create_api_key in X-API-Key.';
  end if;
  if v_key.scope = 'ingest' and path <> '/rpc/ingest' or not path = any (v_key.endpoints) then
    raise sqlstate 'PT403' using
      message = pg_catalog.format('the API key is not for %s', pg_catalog.left(path, 100)),
      hint = pg_catalog.format('It opens %s.', coalesce(pg_catalog.array_to_string(v_key.endpoints, ', '), '/rpc/ingest'));
  end if;
  return pg_catalog.jsonb_build_object('sub', 'key:' || v_key.name, 'tenant_id', v_key.tenant_id, 'key_id', v_key.api_key_id,
    'role', case v_key.scope when 'read' then 'viewer' when 'admin' then 'tenant_admin' else 'operator' end);
end
$$;
comment on function auth.key_claims(text, text) is
'What an API key stands for, as claims (sub, tenant_id, key_id, role), for a request to a path. PT401 for a key that is unknown, revoked, expired or of a suspended tenant, PT403 for a path that it does not open.';
