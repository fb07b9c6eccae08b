create or replace function api.switch_tenant(tenant text) returns jsonb
language sql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
  select auth.switch_tenant(switch_tenant.tenant)
$$;
comment on function api.switch_tenant(text) is
$$Work for another tenant
Answers an access token of the same session for another tenant of yours; the refresh token goes on. Platform staff may enter any tenant, and its audit trail says so. 404 for any other.$$;
