create or replace function alerting.resolve_signals(tenant int, rule int, dedup_keys text[]) returns int
language plpgsql
set plan_cache_mode = force_custom_plan set enable_nestloop = on
as $$
declare
  v_now timestamptz := pg_catalog.clock_timestamp();
  v_setting alerting.setting := alerting.setting_of(tenant);
  v_ended int;
  v_incidents bigint[];
begin
  if pg_catalog.cardinality(dedup_keys) > 200 then
    perform pg_catalog.set_config('enable_nestloop', 'off', true);
  end if;
  with ended as (
    update alerting.alert al
    set state = case when f.is_flapping then 'open' else 'resolved' end,
      resolved_at = case when f.is_flapping then null else v_now end,
      quiet_since = case when f.is_flapping then coalesce(al.quiet_since, v_now) end,
      muted_by = case when f.is_flapping then al.muted_by end,
      muted_id = case when f.is_flapping then al.muted_id end
    from alerting.alert x
    cross join lateral (
      select pg_catalog.cardinality(x.begun_at) >= v_setting.flap_count
        and x.begun_at[v_setting.flap_count] > v_now - v_setting.flap_within as is_flapping
    ) f
    where x.tenant_id = tenant and x.dedup_key = any (dedup_keys) and x.state = 'open'
      and x.rule_id is not distinct from resolve_signals.rule
      and al.tenant_id = x.tenant_id and al.alert_id = x.alert_id and al.state = 'open'
    returning al.incident_id, f.is_flapping
  )
  select pg_catalog.count(*)::int, pg_catalog.array_agg(distinct e.incident_id) filter (where e.incident_id is not null and not e.is_flapping)
  into v_ended, v_incidents
  from ended e;
  perform alerting.refresh_incidents(tenant, v_incidents);
  return v_ended;
end
$$;
comment on function alerting.resolve_signals(int, int, text[]) is
'Ends the open alerts of these dedup keys and, with their last alert, incidents. An alert that began flap_count times within flap_within is flapping: it stays open until it has been quiet for flap_within / flap_count. rule is the one that raised them, null for the system. Returns how many alerts it found.';
