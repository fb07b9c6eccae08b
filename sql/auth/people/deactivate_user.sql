create or replace function auth.deactivate_user(email text) returns jsonb
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_member record;
  v_ended int;
begin
  v_member := auth.find_member(deactivate_user.email);
  perform auth.refuse_last_admin(v_member.tenant_id, v_member.account_id);
  if not v_member.accepted then
    -- Nobody came yet; nothing is left of it.
    delete from auth.membership m where m.tenant_id = v_member.tenant_id and m.account_id = v_member.account_id and m.accepted_at is null;
    update auth.one_time_token k set used_at = clock_timestamp()
    where k.account_id = v_member.account_id and k.invited_to = v_member.tenant_id and k.used_at is null;
  else
    update auth.membership m
    set active = false, accepted_at = coalesce(m.accepted_at, m.created_at)
    where m.tenant_id = v_member.tenant_id and m.account_id = v_member.account_id;
  end if;
  v_ended := auth.end_sessions(v_member.account_id, 'deactivated', null, v_member.tenant_id);
  perform audit.record(v_member.tenant_id, 'deactivate_user', jsonb_build_object('account_id', v_member.account_id, 'sessions_ended', v_ended));
  return jsonb_build_object('email', lower(btrim(deactivate_user.email)), 'sessions_ended', v_ended);
end
$$;
comment on function auth.deactivate_user(text) is
'Shuts a user out of the caller''s tenant, at once; their other tenants are their own. An invitation that nobody accepted is withdrawn. PT409 for the last admin; otherwise as auth.find_member. Owned by vigil_auth.';
