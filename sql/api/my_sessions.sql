create or replace function api.my_sessions() returns jsonb
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select auth.sessions_of_mine()
$$;
comment on function api.my_sessions() is
$$Where you are logged in
Your sessions that have not ended, the newest first. address is known behind a trusted proxy only.$$;
