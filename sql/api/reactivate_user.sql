create or replace function api.reactivate_user(email text) returns jsonb
language sql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
  select auth.reactivate_user(reactivate_user.email)
$$;
comment on function api.reactivate_user(text) is
$$Let a user in again
With the role they had.$$;
