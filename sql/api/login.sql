create or replace function api.login(email text, password text, code text default null, tenant text default null) returns jsonb
language sql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
  select auth.log_in(login.email, login.password, login.code, login.tenant)
$$;
comment on function api.login(text, text, text, text) is
$$Log in
Begins a session in the tenant that is named, else the last one, else the first, and answers an access token for 15 minutes and a refresh token. code is needed once there is a second factor: six digits, or a recovery code. 401 for a wrong email or password, one answer for all causes; from the fifth failure on 429 with Retry-After.$$;
