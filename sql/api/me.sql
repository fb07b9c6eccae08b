create or replace function api.me() returns jsonb
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select auth.whoami()
$$;
comment on function api.me() is
$$Who you are
Subject, tenant and role of the request; for a person email, name, second factor and tenants too.$$;
