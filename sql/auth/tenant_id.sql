-- Without a fixed search_path and as the caller, so that the planner takes the expression for the call: a query asks once for
-- each table in it.
create or replace function auth.tenant_id() returns int
language sql stable security invoker
as $$
  select coalesce(
    case when session_user = 'authenticator' then nullif(pg_catalog.current_setting('request.tenant_id', true), '')::int end,
    auth.login_tenant())
$$;
comment on function auth.tenant_id() is
'The tenant of the current session: what auth.check_request found out about the request behind PostgREST, the mapping in auth.login for any other login, whatever it sets. Raises 42501 when there is none. Write it as (select auth.tenant_id()) so that it runs once per statement.';
