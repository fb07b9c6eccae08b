-- Every policy asks it for each table of a query. A function in SQL would be parsed and simplified as often, one in PL/pgSQL take
-- three times as long. As the caller and without a fixed search_path, either of which would be set up at each call.
create or replace function auth.tenant_id() returns int
language c stable security invoker
as '$libdir/vigil_platform', 'tenant_id_wrapper';
comment on function auth.tenant_id() is
'The tenant of the current session: what auth.check_request found out about the request behind PostgREST, the mapping in auth.login for any other login, whatever it sets. Raises 42501 when there is none. Write it as (select auth.tenant_id()) so that it runs once per statement.';
alter function auth.tenant_id() owner to vigil_owner;
revoke execute on function auth.tenant_id() from public;
