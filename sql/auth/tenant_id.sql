-- In plpgsql, which the planner does not take apart: as an expression that it does, the call would be parsed and simplified
-- again for each table in a query, at several times what it takes to run. As the caller and without a fixed search_path, either
-- of which would be set up at each call.
create or replace function auth.tenant_id() returns int
language plpgsql stable security invoker
as $$
begin
  return coalesce(
    case when session_user operator(pg_catalog.=) 'authenticator'
      then nullif(pg_catalog.current_setting('request.tenant_id', true), '')::int
    end,
    auth.login_tenant());
end
$$;
comment on function auth.tenant_id() is
'The tenant of the current session: what auth.check_request found out about the request behind PostgREST, the mapping in auth.login for any other login, whatever it sets. Raises 42501 when there is none. Write it as (select auth.tenant_id()) so that it runs once per statement.';
