create or replace function api.disable_totp(password text, code text) returns jsonb
language sql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
  select auth.disable_totp(disable_totp.password, disable_totp.code)
$$;
comment on function api.disable_totp(text, text) is
$$Take the second factor away
For the password and a code or recovery code. The password must be long enough to stand alone: 15 characters.$$;
