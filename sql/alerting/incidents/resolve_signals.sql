create or replace function alerting.resolve_signals(tenant int, rule int, dedup_keys text[]) returns int
language plpgsql
set plan_cache_mode = force_custom_plan
as $$
declare
  v_now timestamptz := pg_catalog.clock_timestamp();
  v_setting alerting.setting := alerting.setting_of(tenant);
  v_ended int;
  v_incidents bigint[];
begin
  with ended as (
    update alerting.alert al
    set (state, resolved_at, quiet_since, muted_by, muted_id) = (
      select case when f.is_flapping then 'open' else 'resolved' end, case when not f.is_flapping then v_now end,
        case when f.is_flapping then coalesce(al.quiet_since, v_now) end, case when f.is_flapping then al.muted_by end,
        case when f.is_flapping then al.muted_id end
      from (
        select pg_catalog.cardinality(al.begun_at) >= v_setting.flap_count
          and al.begun_at[v_setting.flap_count] > v_now - v_setting.flap_within as is_flapping
      ) f)
    where al.tenant_id = tenant and al.dedup_key = any (dedup_keys) and al.state = 'open'
      and al.rule_id is not distinct from resolve_signals.rule
    returning al.incident_id, al.state
  )
  select pg_catalog.count(*)::int,
    pg_catalog.array_agg(distinct e.incident_id) filter (where e.incident_id is not null and e.state = 'resolved')
  into v_ended, v_incidents
  from ended e;
  perform alerting.refresh_incidents(tenant, v_incidents);
  return v_ended;
end
$$;
comment on function alerting.resolve_signals(int, int, text[]) is
'Ends the open alerts of these dedup keys and, with their last alert, incidents. An alert that began flap_count times within flap_within is flapping: it stays open until it has been quiet for flap_within / flap_count. rule is the one that raised them, null for the system. Returns how many alerts it found.';
