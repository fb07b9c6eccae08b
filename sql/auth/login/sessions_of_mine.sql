create or replace function auth.sessions_of_mine() returns jsonb
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select coalesce(jsonb_agg(jsonb_build_object('session_id', s.session_id, 'current', s.session_id = auth.session_id(), 'tenant', t.name,
    'created_at', s.created_at, 'last_used_at', s.last_used_at, 'expires_at', s.expires_at, 'address', host(s.address),
    'user_agent', s.user_agent, 'second_factor', s.second_factor) order by s.created_at desc), '[]')
  from auth.session s
  join fleet.tenant t on t.tenant_id = s.current_tenant_id
  where s.account_id = auth.signed_in() and s.revoked_at is null and s.expires_at > clock_timestamp()
$$;
comment on function auth.sessions_of_mine() is
'The sessions of whoever asks that have not ended, the newest first. Owned by vigil_auth.';
