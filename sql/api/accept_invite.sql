create or replace function api.accept_invite(token text, password text, display_name text default null) returns jsonb
language sql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
  select auth.choose_password(accept_invite.token, accept_invite.password, accept_invite.display_name)
$$;
comment on function api.accept_invite(text, text, text) is
$$Accept an invitation
With the token of its link and the password to be, or the one that you have if you have an account. Answers email and tenants; log in next. 404 for a link that is not valid, was used or has expired.$$;
