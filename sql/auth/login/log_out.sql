create or replace function auth.log_out() returns void
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  if auth.session_id() is null then
    raise exception using
      errcode = '42501',
      message = 'there is no session to end',
      hint = 'An API key is ended with POST /rpc/revoke_api_key by a signed-in person.';
  end if;
  update auth.session s
  set revoked_at = clock_timestamp(), revoked_because = 'logout'
  where s.session_id = auth.session_id() and s.revoked_at is null;
  perform audit.record(auth.tenant_id(), 'logout', jsonb_build_object('session_id', auth.session_id()));
end
$$;
comment on function auth.log_out() is
'Ends the session of the current request. Owned by vigil_auth.';
