create or replace function api.set_user_role(email text, role text) returns jsonb
language sql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
  select auth.set_user_role(set_user_role.email, set_user_role.role)
$$;
comment on function api.set_user_role(text, text) is
$$Give a user another role
At once: tokens of the old role are refused. Not above your own, and not the last tenant_admin.$$;
