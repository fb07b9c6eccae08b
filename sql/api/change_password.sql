create or replace function api.change_password(old_password text, new_password text) returns jsonb
language sql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
  select auth.change_password(change_password.old_password, change_password.new_password)
$$;
comment on function api.change_password(text, text) is
$$Change your password
Ends your other sessions. At least 15 characters, 8 with a second factor, any of them; not one that is known or made of your name. 401 for a wrong old one, which counts as a failed login.$$;
