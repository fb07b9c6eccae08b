grant usage on schema auth to anon, viewer, analyst, operator, tenant_admin, platform_admin, bi_reader, vigil_api, vigil_jobs, vigil_auth;
grant execute on function auth.claims(), auth.tenant_id(), auth.subject()
  to viewer, analyst, operator, tenant_admin, platform_admin, bi_reader, vigil_api, vigil_jobs;
grant execute on function auth.request_header(text), auth.add_answer_header(text, text), auth.correlation_id(), auth.account_id(),
  auth.session_id(), auth.client_address()
  to vigil_api, vigil_jobs;
grant select on auth.setting to vigil_jobs;
-- The hook, in each role that a request comes in.
grant execute on function auth.claims(), auth.check_request(), auth.request_header(text)
  to anon, viewer, analyst, operator, tenant_admin, platform_admin;

-- What logs people in: its own tables, and whether a tenant is active.
grant execute on all functions in schema auth to vigil_auth;
grant select, insert, update, delete on auth.account, auth.membership, auth.session, auth.refresh_token, auth.one_time_token,
  auth.recovery_code, auth.login_attempt, auth.reset_request, auth.api_key
  to vigil_auth;
grant select on auth.blocked_password, auth.rate_limit, auth.setting to vigil_auth;
grant usage on schema fleet, audit to vigil_auth;
grant select (tenant_id, name, display_name, active) on fleet.tenant to vigil_auth;
-- Keys are seen by those who manage them; what they hash to is not.
grant select (tenant_id, api_key_id, name, prefix, scope, endpoints, created_by, created_at, expires_at, revoked_at, revoked_by, last_used_at)
  on auth.api_key to tenant_admin, vigil_api;
grant execute on function auth.password_page(text, text, text, text, text, boolean) to vigil_api;
