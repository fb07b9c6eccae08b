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
  auth.recovery_code, auth.login_attempt, auth.reset_request, auth.api_key
  to vigil_auth;
grant select on auth.blocked_password, auth.rate_limit, auth.setting to vigil_auth;
grant usage on schema fleet, audit to vigil_auth;
grant select (tenant_id, name, display_name, active) on fleet.tenant to vigil_auth;

-- Of the machine: to login and requests what they need, to the jobs what archives need. Nobody else may sign, seal or open anything.
revoke execute on all functions in schema vigil_platform from vigil_jobs, vigil_auth;
grant execute on function
  vigil_platform.archive_write(text, bytea), vigil_platform.archive_read(text), vigil_platform.archive_hash(text),
  vigil_platform.archive_remove(text), vigil_platform.archive_files(text), vigil_platform.archive_status(),
  vigil_platform.run_dead_man_command(text)
  to vigil_jobs;
grant usage on schema vigil_platform to vigil_auth;
grant execute on function
  vigil_platform.hash_password(text), vigil_platform.verify_password(text, text), vigil_platform.password_needs_rehash(text),
  vigil_platform.random_token(int), vigil_platform.sign_token(jsonb), vigil_platform.signing_public_key(),
  vigil_platform.verify_token(text, jsonb), vigil_platform.seal(bytea, text), vigil_platform.unseal(bytea, text),
  vigil_platform.totp_matches(bytea, text, timestamptz), vigil_platform.base32(bytea),
  vigil_platform.take_token(text, float8, float8, float8), vigil_platform.bucket_used_at(text), vigil_platform.buckets(),
  vigil_platform.displaced_buckets(), vigil_platform.open_request(boolean), vigil_platform.count_request(text, int, text),
  vigil_platform.learn_limits(text, int, jsonb), vigil_platform.without_secrets(jsonb)
  to vigil_auth;

-- Keys are seen by those who manage them; what they hash to is not.
grant select (tenant_id, api_key_id, name, prefix, scope, endpoints, created_by, created_at, expires_at, revoked_at, revoked_by, last_used_at)
  on auth.api_key to tenant_admin, vigil_api;
grant execute on function auth.password_page(text, text, text, text, text, boolean) to vigil_api;
-- What api calls: each decides by the claims or the token that it is given. None of it is for anybody else.
grant execute on function
  auth.log_in(text, text, text, text), auth.refresh(text), auth.log_out(), auth.whoami(), auth.sessions_of_mine(), auth.revoke_session(uuid),
  auth.switch_tenant(text), auth.link_page(text, text), auth.choose_password(text, text, text), auth.change_password(text, text),
  auth.request_reset(text), auth.begin_totp(), auth.confirm_totp(text), auth.disable_totp(text, text),
  auth.invite_user(text, text, text, text), auth.set_user_role(text, text), auth.deactivate_user(text), auth.reactivate_user(text),
  auth.end_user_sessions(text), auth.create_api_key(text, text, text[], timestamptz), auth.revoke_api_key(text)
  to vigil_api;
-- A view asks as its reader.
grant execute on function auth.tenant_users() to tenant_admin, vigil_api;
grant execute on function auth.send_resets(), auth.tidy(), auth.make_link_token(text, text) to vigil_jobs;
-- A key that is found by the wrong people makes no logins either.
grant execute on function auth.refuse_key() to vigil_api;
