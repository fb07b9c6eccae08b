create or replace function auth.set_user_role(email text, role text) returns jsonb
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_member record;
begin
  v_member := auth.find_member(set_user_role.email);
  perform auth.refuse_role(v_member.tenant_id, set_user_role.role);
  if auth.role_rank(set_user_role.role) < auth.role_rank(v_member.role) then
    perform auth.refuse_last_admin(v_member.tenant_id, v_member.account_id);
  end if;
  update auth.membership m set role = set_user_role.role where m.tenant_id = v_member.tenant_id and m.account_id = v_member.account_id;
  perform audit.record(v_member.tenant_id, 'set_user_role', jsonb_build_object('account_id', v_member.account_id, 'from', v_member.role, 'to', set_user_role.role));
  return jsonb_build_object('email', lower(btrim(set_user_role.email)), 'role', set_user_role.role);
end
$$;
comment on function auth.set_user_role(text, text) is
'Gives a user of the caller''s tenant another role: tokens of the old one are refused from the next request on, and the next refresh has the new one. 42501 for a role above the caller''s, before or after, PT409 for the last admin, PT404, 22023. Owned by vigil_auth.';
