create or replace function api.reset_password(token text, password text) returns jsonb
language sql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
  select auth.choose_password(reset_password.token, reset_password.password)
$$;
comment on function api.reset_password(text, text) is
$$Choose a new password with a link
The token is the link's, and works once. Ends all sessions. The second factor stays. 404 for a link that is not valid, was used or has expired.$$;
