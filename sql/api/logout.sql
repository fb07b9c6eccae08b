create or replace function api.logout() returns void
language sql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
  select auth.log_out()
$$;
comment on function api.logout() is
$$Log out
Ends the session of the token; none of its tokens is good any more.$$;
