create or replace function auth.setup_token(email text) returns text
language plpgsql volatile
as $$
declare
  v_token text := vigil_platform.random_token(32);
begin
  insert into auth.one_time_token (token_sha256, account_id, purpose, expires_at)
  select auth.token_sha256(v_token), a.account_id, 'setup', pg_catalog.clock_timestamp() + interval '1 day'
  from auth.account a
  where a.email = pg_catalog.lower(setup_token.email);
  if not found then
    raise exception using
      errcode = '42704',
      message = pg_catalog.format('there is no account %s', setup_token.email),
      hint = 'They are in auth.account.';
  end if;
  return v_token;
end
$$;
comment on function auth.setup_token(text) is
'For a DBA: a token with which an account''s password is chosen at /rpc/set_password_page?token=…, once, within a day. Only its SHA-256 is kept. 42704 when there is no such account.';
