create or replace function auth.reactivate_user(email text) returns jsonb
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_member record;
begin
  v_member := auth.find_member(reactivate_user.email);
  if not v_member.accepted then
    raise sqlstate 'PT409' using
      message = 'the invitation has not been accepted',
      hint = 'POST /rpc/invite_user sends it again.';
  end if;
  update auth.membership m set active = true where m.tenant_id = v_member.tenant_id and m.account_id = v_member.account_id;
  perform audit.record(v_member.tenant_id, 'reactivate_user', jsonb_build_object('account_id', v_member.account_id));
  return jsonb_build_object('email', lower(btrim(reactivate_user.email)), 'role', v_member.role);
end
$$;
comment on function auth.reactivate_user(text) is
'Lets a user of the caller''s tenant in again, with the role they had. PT409 for one who has not accepted; otherwise as auth.find_member. Owned by vigil_auth.';
