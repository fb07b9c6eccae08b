grant usage on schema audit to tenant_admin, vigil_api, vigil_jobs;
grant select on audit.entry to tenant_admin;
grant select, insert on audit.entry to vigil_api;
grant select, insert, delete on audit.entry to vigil_jobs;
grant execute on function audit.record(int, text, jsonb) to vigil_api, vigil_jobs;
grant execute on function audit.record_retention(timestamptz) to vigil_jobs;
-- Logins, with which nobody had a tenant before.
grant usage on schema audit to vigil_auth;
grant insert on audit.entry to vigil_auth;
grant execute on function audit.record(int, text, jsonb) to vigil_auth;
