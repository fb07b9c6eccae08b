create or replace function api.confirm_totp(code text) returns jsonb
language sql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
  select auth.confirm_totp(confirm_totp.code)
$$;
comment on function api.confirm_totp(text) is
$$Make the second factor count
With a code of the authenticator; from then on each login asks for one. Answers ten recovery codes, shown this once, each of which stands in for a code once.$$;
