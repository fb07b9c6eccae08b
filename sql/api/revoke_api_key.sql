create or replace function api.revoke_api_key(name text) returns jsonb
language sql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
  select auth.revoke_api_key(revoke_api_key.name)
$$;
comment on function api.revoke_api_key(text) is
$$End an API key
With the next request that comes with it.$$;
