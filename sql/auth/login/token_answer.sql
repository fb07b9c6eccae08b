create or replace function auth.token_answer(
  session uuid, tenant int, role text, refresh_token text default null, refresh_expires_at timestamptz default null
) returns jsonb
language plpgsql volatile
as $$
declare
  v_session record;
  v_lifetime interval;
begin
  perform auth.add_answer_header('Cache-Control', 'no-store');
  select s.account_id, s.expires_at into v_session from auth.session s where s.session_id = session;
  v_lifetime := least(interval '15 minutes', pg_catalog.date_trunc('second', v_session.expires_at - pg_catalog.clock_timestamp()));
  return pg_catalog.jsonb_build_object(
      'access_token', auth.access_token(session, v_session.account_id::text, tenant, role, v_lifetime),
      'token_type', 'Bearer',
      'expires_in', extract(epoch from v_lifetime)::int,
      'tenant', (select t.name from fleet.tenant t where t.tenant_id = tenant),
      'role', role,
      'tenants', (select coalesce(pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object('tenant', m.name, 'role', m.role) order by m.name), '[]')
        from auth.memberships_of(v_session.account_id) m))
    || case when refresh_token is not null
      then pg_catalog.jsonb_build_object('refresh_token', refresh_token, 'refresh_expires_at', refresh_expires_at) else '{}' end;
end
$$;
comment on function auth.token_answer(uuid, int, text, text, timestamptz) is
'What login, refresh and switch_tenant answer: an access token of a session for a tenant and role, the refresh token where there is a new one, and the tenants where the account works. Not to be kept anywhere.';
