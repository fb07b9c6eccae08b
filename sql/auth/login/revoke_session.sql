create or replace function auth.revoke_session(session uuid) returns void
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_account_id uuid := auth.signed_in();
begin
  update auth.session s
  set revoked_at = clock_timestamp(), revoked_because = 'revoked'
  where s.session_id = session and s.account_id = v_account_id and s.revoked_at is null and s.expires_at > clock_timestamp();
  if not found then
    raise sqlstate 'PT404' using
      message = 'you have no such session',
      hint = 'GET /rpc/my_sessions lists those that have not ended.';
  end if;
  perform audit.record(auth.tenant_id(), 'revoke_session', jsonb_build_object('session_id', session));
end
$$;
comment on function auth.revoke_session(uuid) is
'Ends a session of whoever asks. PT404 for any other, and for one that has ended. Owned by vigil_auth.';
