grant execute on function auth.sees_personal_data(), auth.masked(text) to viewer, bi_reader, vigil_api, vigil_jobs;
-- SQL logins of tenants: what makes them, and what is mapped.
grant usage on schema auth to vigil_logins;
grant execute on function auth.login_limit(text) to vigil_logins, tenant_admin, vigil_api;
grant execute on function auth.make_login(text, text, text, timestamptz), auth.remove_login(text), auth.scram_verifier(text, bytea, int) to vigil_api;
-- Logging people in does not make roles.
revoke execute on function auth.make_login(text, text, text, timestamptz), auth.remove_login(text), auth.end_long_statements() from vigil_auth;
grant select (tenant_id, login_name, kind, name, created_by, created_at, expires_at) on auth.login to tenant_admin;
grant select, insert, delete on auth.login to vigil_api;

-- What a login that may write to no table could still fill the disk with: temporary tables, also in read-only
-- transactions, and large objects.
do $$
declare
  v_function regprocedure;
begin
  execute pg_catalog.format('revoke temporary on database %I from public', pg_catalog.current_database());
  for v_function in
    select p.oid from pg_catalog.pg_proc p
    where p.pronamespace = 'pg_catalog'::regnamespace
      and p.proname in ('lo_creat', 'lo_create', 'lo_from_bytea', 'lo_put', 'lowrite', 'lo_import', 'lo_truncate', 'lo_truncate64', 'lo_unlink')
  loop
    execute pg_catalog.format('revoke execute on function %s from public', v_function);
  end loop;
end
$$;
