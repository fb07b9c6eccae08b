-- migrate:up
-- Roles are cluster-wide, so each is made only where it is missing; their attributes are set every time.
do $$
declare
  v_role text;
begin
  foreach v_role in array array[
    'vigil_owner', 'vigil_api', 'vigil_jobs', 'vigil_worker', 'authenticator', 'bi_reader',
    'anon', 'viewer', 'analyst', 'operator', 'tenant_admin', 'platform_admin'
  ] loop
    if not exists (select from pg_catalog.pg_roles where rolname = v_role) then
      execute pg_catalog.format('create role %I nologin', v_role);
    end if;
  end loop;
end $$;

-- Owns every table. Nobody can log in as it.
alter role vigil_owner nologin nosuperuser nocreaterole nocreatedb nobypassrls;
-- Owns the api views and functions; subject to every policy, so a view can show no more than its caller's tenant.
alter role vigil_api nologin nosuperuser nocreaterole nocreatedb nobypassrls;
-- pg_cron runs the pipeline as this role over the private socket, for all tenants.
alter role vigil_jobs login nosuperuser nocreaterole nocreatedb bypassrls;
-- May call the outbox functions and nothing else.
alter role vigil_worker login nosuperuser nocreaterole nocreatedb nobypassrls connection limit 20;
-- PostgREST connects as this role and switches to a request role for each call.
alter role authenticator login noinherit nosuperuser nocreaterole nocreatedb nobypassrls;

grant anon, viewer, analyst, operator, tenant_admin, platform_admin to authenticator;
grant viewer to analyst;
grant viewer to operator;
grant analyst, operator to tenant_admin;
grant tenant_admin to platform_admin;

-- A request that runs away is cancelled; PostgREST applies these settings with the role.
alter role anon set statement_timeout = '5s';
alter role viewer set statement_timeout = '15s';
alter role analyst set statement_timeout = '60s';
alter role operator set statement_timeout = '30s';
alter role tenant_admin set statement_timeout = '60s';
alter role platform_admin set statement_timeout = '60s';
alter role authenticator set idle_in_transaction_session_timeout = '60s';
alter role vigil_worker set idle_in_transaction_session_timeout = '60s';
alter role vigil_worker set statement_timeout = '30s';

-- migrate:down
