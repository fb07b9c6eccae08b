create or replace function api.create_api_key(name text, scope text, endpoints text[] default null, expires_at timestamptz default null) returns jsonb
language sql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
  select auth.create_api_key(create_api_key.name, create_api_key.scope, create_api_key.endpoints, create_api_key.expires_at)
$$;
comment on function api.create_api_key(text, text, text[], timestamptz) is
$$Make an API key
For X-API-Key, shown this once. scope: ingest for POST /rpc/ingest alone, read for what a viewer may, operate for what an operator may, admin for what a tenant_admin may but people and keys. endpoints, such as ["/devices"], narrows it. No Idempotency-Key: nothing keeps the key.$$;
