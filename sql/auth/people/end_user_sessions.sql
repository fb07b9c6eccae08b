create or replace function auth.end_user_sessions(email text) returns jsonb
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_member record;
  v_ended int;
begin
  v_member := auth.find_member(end_user_sessions.email);
  v_ended := auth.end_sessions(v_member.account_id, 'revoked', null, v_member.tenant_id);
  perform audit.record(v_member.tenant_id, 'end_user_sessions', jsonb_build_object('account_id', v_member.account_id, 'sessions_ended', v_ended));
  return jsonb_build_object('email', lower(btrim(end_user_sessions.email)), 'sessions_ended', v_ended);
end
$$;
comment on function auth.end_user_sessions(text) is
'Ends the sessions of a user that are in the caller''s tenant now: they log in again. As auth.find_member. Owned by vigil_auth.';
