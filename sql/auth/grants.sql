grant usage on schema auth to anon, viewer, analyst, operator, tenant_admin, platform_admin, bi_reader, vigil_api, vigil_jobs, vigil_auth;
grant execute on function auth.claims(), auth.tenant_id(), auth.login_tenant(), auth.subject()
  to viewer, analyst, operator, tenant_admin, platform_admin, bi_reader, vigil_api, vigil_jobs;
grant execute on function auth.request_header(text), auth.add_answer_header(text, text), auth.correlation_id(), auth.account_id(),
  auth.session_id(), auth.client_address()
  to vigil_api, vigil_jobs;
grant select on auth.setting to vigil_jobs;
-- The hook, in each role that a request comes in.
grant execute on function auth.claims(), auth.check_request(), auth.request_header(text), auth.admit_request()
  to anon, viewer, analyst, operator, tenant_admin, platform_admin;

-- What logs people in: its own tables, and whether a tenant is active.
grant execute on all functions in schema auth to vigil_auth;
grant select, insert, update, delete on auth.account, auth.membership, auth.session, auth.refresh_token, auth.one_time_token,
  auth.recovery_code, auth.login_attempt, auth.api_key
  to vigil_auth;
grant select on auth.blocked_password, auth.rate_limit, auth.setting to vigil_auth;
grant usage on schema fleet, audit to vigil_auth;
grant select (tenant_id, name, display_name, active) on fleet.tenant to vigil_auth;
