create or replace function api.deactivate_user(email text) returns jsonb
language sql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
  select auth.deactivate_user(deactivate_user.email)
$$;
comment on function api.deactivate_user(text) is
$$Shut a user out
At once, of this tenant alone. Withdraws an invitation that nobody accepted. Not the last tenant_admin.$$;
