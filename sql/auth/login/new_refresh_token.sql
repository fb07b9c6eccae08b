create or replace function auth.new_refresh_token(session uuid, out token text, out expires_at timestamptz)
language plpgsql volatile
as $$
begin
  token := vigil_platform.random_token(32);
  insert into auth.refresh_token (token_sha256, session_id, expires_at)
  select auth.token_sha256(token), s.session_id, least(s.expires_at, pg_catalog.clock_timestamp() + c.refresh_lifetime)
  from auth.session s
  cross join auth.setting c
  where s.session_id = session
  returning refresh_token.expires_at into new_refresh_token.expires_at;
end
$$;
comment on function auth.new_refresh_token(uuid) is
'A new refresh token of a session, and until when it may be used: never beyond the session.';
