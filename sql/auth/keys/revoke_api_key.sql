create or replace function auth.revoke_api_key(name text) returns jsonb
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_tenant_id int := auth.tenant_id();
  v_key record;
begin
  perform auth.refuse_key();
  update auth.api_key k
  set revoked_at = coalesce(k.revoked_at, clock_timestamp()), revoked_by = coalesce(k.revoked_by, auth.subject())
  where k.tenant_id = v_tenant_id and k.name = revoke_api_key.name
  returning k.name, k.prefix, k.revoked_at into v_key;
  if v_key.name is null then
    raise sqlstate 'PT404' using
      message = format('there is no key "%s"', left(revoke_api_key.name, 100)),
      hint = 'GET /api_keys lists them.';
  end if;
  perform audit.record(v_tenant_id, 'revoke_api_key', jsonb_build_object('name', v_key.name, 'prefix', v_key.prefix));
  return jsonb_build_object('name', v_key.name, 'prefix', v_key.prefix, 'revoked_at', v_key.revoked_at);
end
$$;
comment on function auth.revoke_api_key(text) is
'Ends an API key of the caller''s tenant with the next request; repeating it changes nothing. PT404 when there is none of the name, 42501 for API keys. Owned by vigil_auth.';
