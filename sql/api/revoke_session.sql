create or replace function api.revoke_session(session_id uuid) returns void
language sql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
  select auth.revoke_session(revoke_session.session_id)
$$;
comment on function api.revoke_session(uuid) is
$$End one of your sessions
By its number in GET /rpc/my_sessions. 404 for any other.$$;
