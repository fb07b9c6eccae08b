create or replace function auth.switch_tenant(tenant text) returns jsonb
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_account_id uuid := auth.signed_in();
  v_tenant_id int := (select t.tenant_id from fleet.tenant t where t.name = switch_tenant.tenant);
  v_role text := auth.role_in(v_account_id, v_tenant_id);
  v_from_id int := auth.tenant_id();
  v_session_id uuid := auth.session_id();
begin
  if v_role is null then
    raise sqlstate 'PT404' using
      message = format('you have no tenant "%s"', left(switch_tenant.tenant, 100)),
      hint = 'GET /rpc/me lists yours.';
  end if;
  update auth.session s set current_tenant_id = v_tenant_id where s.session_id = v_session_id;
  update auth.account a set last_tenant_id = v_tenant_id where a.account_id = v_account_id;
  -- It is the other tenant that wants to know.
  perform auth.act_as(v_account_id, v_tenant_id, v_role, v_session_id),
    audit.record(v_tenant_id, 'switch_tenant', jsonb_build_object('session_id', v_session_id, 'staff', v_role = 'platform_admin')
      -- What else somebody works for is nobody's business but the platform's.
      || case when exists (select from fleet.tenant t where t.tenant_id = v_from_id and t.name = 'platform') then '{"from": "platform"}'::jsonb else '{}' end);
  return auth.token_answer(v_session_id, v_tenant_id, v_role);
end
$$;
comment on function auth.switch_tenant(text) is
'An access token of the current session for another tenant where the account works, or any for platform staff; the audit trail of that tenant has it. PT404 for any other tenant. Owned by vigil_auth.';
