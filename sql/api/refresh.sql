create or replace function api.refresh(refresh_token text) returns jsonb
language sql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
  select auth.refresh(refresh.refresh_token)
$$;
comment on function api.refresh(text) is
$$Get a new access token
For a refresh token, which is used up: the answer has the next one. When the answer is lost, the same client may repeat within 10 seconds. A refresh token that comes again otherwise ends its session, for two have it. 401 when the session has ended.$$;
