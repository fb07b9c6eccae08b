create or replace function api.save_alert_settings(
  fallback_policy text default null, notifications_per_day int default 5000, reopen_within interval default '30 minutes',
  flap_count int default 4, flap_within interval default '1 hour', auto_resolve interval default null,
  handoff_notices boolean default true
) returns setof api.alert_settings
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_tenant_id int := auth.tenant_id();
  v_answer jsonb := ops.earlier_answer('save_alert_settings',
    jsonb_build_array(fallback_policy, notifications_per_day, reopen_within, flap_count, flap_within, auto_resolve, handoff_notices)::text);
  v_policy_id int;
  v_rule text;
begin
  if v_answer is null then
    if save_alert_settings.fallback_policy is not null then
      v_policy_id := alerting.find_policy(v_tenant_id, save_alert_settings.fallback_policy);
    end if;
    insert into alerting.setting (tenant_id, fallback_policy_id, notifications_per_day, reopen_within, flap_count, flap_within, auto_resolve, handoff_notices)
    values (v_tenant_id, v_policy_id, save_alert_settings.notifications_per_day, save_alert_settings.reopen_within,
      save_alert_settings.flap_count, save_alert_settings.flap_within, save_alert_settings.auto_resolve, save_alert_settings.handoff_notices)
    on conflict (tenant_id) do update
    set fallback_policy_id = excluded.fallback_policy_id, notifications_per_day = excluded.notifications_per_day,
      reopen_within = excluded.reopen_within, flap_count = excluded.flap_count, flap_within = excluded.flap_within,
      auto_resolve = excluded.auto_resolve, handoff_notices = excluded.handoff_notices;
    v_answer := ops.keep_answer('save_alert_settings', (select jsonb_agg(s) from api.alert_settings s));
  end if;
  return query
  select a.* from jsonb_populate_recordset(null::api.alert_settings, v_answer) a;
exception
  when check_violation or not_null_violation then
    get stacked diagnostics v_rule = constraint_name;
    raise exception using
      errcode = '22023',
      message = format('the settings break the rule %s', coalesce(nullif(v_rule, ''), 'that only fallback_policy and auto_resolve may be null')),
      hint = 'notifications_per_day is 1 to 10000000, reopen_within at most 7 days, flap_count 2 to 100, flap_within 1 minute to 1 day, auto_resolve 5 minutes to 30 days.';
end
$$;
comment on function api.save_alert_settings(text, int, interval, int, interval, interval, boolean) is
$$Set how alerting works for the tenant
All of it at once: what is left out goes back to its default.$$;
