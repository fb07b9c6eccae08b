create or replace function auth.sees_personal_data() returns boolean
language sql stable security invoker
as $$
  select case when session_user = 'authenticator'
    then coalesce(auth.claims() ->> 'role' in ('operator', 'tenant_admin'), false)
    else pg_catalog.pg_has_role(session_user, 'operator', 'usage')
  end
$$;
comment on function auth.sees_personal_data() is
'Whether the session sees names, addresses and places of people as they are: operators and admins of the tenant do; viewers, analysts, SQL logins and staff of the platform do not. Write it as (select auth.sees_personal_data()) so that it runs once per statement.';
