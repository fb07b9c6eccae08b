create or replace function api.end_user_sessions(email text) returns jsonb
language sql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
  select auth.end_user_sessions(end_user_sessions.email)
$$;
comment on function api.end_user_sessions(text) is
$$Log a user out
Ends their sessions that are in this tenant now, wherever they are logged in.$$;
