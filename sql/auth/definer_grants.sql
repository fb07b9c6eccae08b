-- The hook, in each role that a request comes in.
grant execute on function auth.admit_request() to anon, viewer, analyst, operator, tenant_admin, platform_admin;
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
grant usage on schema alerting to vigil_auth;
grant execute on function alerting.account_channel(), alerting.tell_account(uuid, text, text, text, jsonb) to vigil_auth;
