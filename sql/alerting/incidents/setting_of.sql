create or replace function alerting.setting_of(tenant int) returns alerting.setting
language plpgsql stable
as $$
declare
  v_setting alerting.setting;
begin
  select s.* into v_setting from alerting.setting s where s.tenant_id = tenant;
  if not found then
    v_setting.tenant_id := tenant;
    v_setting.notifications_per_day := 5000;
    v_setting.reopen_within := interval '30 minutes';
    v_setting.flap_count := 4;
    v_setting.flap_within := interval '1 hour';
    v_setting.handoff_notices := true;
  end if;
  return v_setting;
end
$$;
comment on function alerting.setting_of(int) is
'How alerting works for a tenant: its row of alerting.setting, or the defaults of that table. fallback_policy_id and auto_resolve may be null.';
