create or replace function alerting.raise_signals(tenant int, rule int, signals alerting.signal[]) returns int
language plpgsql
set plan_cache_mode = force_custom_plan set enable_nestloop = on
as $$
declare
  v_now timestamptz := pg_catalog.clock_timestamp();
  v_setting alerting.setting := alerting.setting_of(tenant);
  v_signals alerting.signal[];
  v_keys text[];
  v_raised int;
  v_changed bigint[];
  v_reopened bigint[];
begin
  -- While a storm grows the statistics say that there are no alerts, and a loop over every pair would be planned.
  if pg_catalog.cardinality(signals) > 200 then
    perform pg_catalog.set_config('enable_nestloop', 'off', true);
  end if;
  v_signals := array(
    select distinct on (s.dedup_key) s::alerting.signal
    from pg_catalog.unnest(signals) s
    order by s.dedup_key, detect.severity_rank(s.severity) desc);
  v_keys := array(select s.dedup_key from pg_catalog.unnest(v_signals) s);

  -- Those that are open go on. What they say follows; how often and since when is counted.
  with continued as (
    update alerting.alert al
    set occurrences = al.occurrences + 1, last_seen_at = v_now, severity = s.severity, summary = s.summary,
      value = coalesce(s.value, al.value), anomaly_id = coalesce(s.anomaly_id, al.anomaly_id),
      labels = al.labels || pg_catalog.jsonb_build_object('severity', s.severity) || coalesce(s.labels, '{}'),
      -- The condition of a flapping alert had ended, and begins again.
      begun_at = case when al.quiet_since is null then al.begun_at else (array[v_now] || al.begun_at)[1:v_setting.flap_count] end,
      quiet_since = null
    from pg_catalog.unnest(v_signals) s
    join alerting.alert was on was.tenant_id = tenant and was.dedup_key = s.dedup_key and was.state = 'open'
    where al.tenant_id = was.tenant_id and al.alert_id = was.alert_id and al.state = 'open'
    returning al.incident_id, was.severity <> al.severity as is_changed
  )
  select pg_catalog.array_agg(distinct c.incident_id) into v_changed
  from continued c
  where c.is_changed and c.incident_id is not null;

  -- One that ended lately begins again, in the incident that it was in.
  with reopened as (
    update alerting.alert al
    set state = 'open', resolved_at = null, occurrences = al.occurrences + 1, last_seen_at = v_now, severity = s.severity,
      summary = s.summary, value = coalesce(s.value, al.value), anomaly_id = coalesce(s.anomaly_id, al.anomaly_id),
      labels = al.labels || pg_catalog.jsonb_build_object('severity', s.severity) || coalesce(s.labels, '{}'),
      begun_at = (array[v_now] || al.begun_at)[1:v_setting.flap_count], quiet_since = null
    from pg_catalog.unnest(v_signals) s
    join (
      select distinct on (l.dedup_key) l.dedup_key, l.alert_id, l.resolved_at
      from alerting.alert l
      where l.tenant_id = tenant and l.dedup_key = any (v_keys)
      order by l.dedup_key, l.alert_id desc
    ) latest on latest.dedup_key = s.dedup_key
    -- Null while it is open.
    where al.tenant_id = tenant and al.alert_id = latest.alert_id and latest.resolved_at > v_now - v_setting.reopen_within
    returning al.alert_id, al.incident_id
  )
  select pg_catalog.count(*)::int, pg_catalog.array_agg(distinct r.incident_id) filter (where r.incident_id is not null)
  into v_raised, v_reopened
  from reopened r;

  with opened as (
    insert into alerting.alert as al (tenant_id, rule_id, dedup_key, severity, summary, device_id, anomaly_id, value, labels,
      raised_at, last_seen_at, begun_at)
    select tenant, rule, s.dedup_key, s.severity, s.summary, s.device_id, s.anomaly_id, s.value,
      pg_catalog.jsonb_strip_nulls(
        pg_catalog.jsonb_build_object('rule', r.name, 'kind', coalesce(r.kind, 'system'), 'severity', s.severity,
          'device', d.external_id, 'model', d.model, 'site', site.path::text))
        || coalesce(r.labels, '{}') || coalesce(s.labels, '{}'),
      v_now, v_now, array[v_now]
    from pg_catalog.unnest(v_signals) s
    left join alerting.rule r on r.tenant_id = tenant and r.rule_id = raise_signals.rule
    left join fleet.device d on d.tenant_id = tenant and d.device_id = s.device_id
    left join fleet.site site on site.tenant_id = d.tenant_id and site.site_id = d.site_id
    where not exists (
      select from alerting.alert o where o.tenant_id = tenant and o.dedup_key = s.dedup_key and o.state = 'open')
    -- Somebody else may be raising the same just now.
    on conflict (tenant_id, dedup_key) where state <> 'resolved' do update
    set occurrences = al.occurrences + 1, last_seen_at = excluded.last_seen_at
    returning al.occurrences = 1 as is_new
  )
  select v_raised + pg_catalog.count(*) filter (where o.is_new)::int into v_raised from opened o;

  perform alerting.reopen_incidents(tenant, v_reopened);
  perform alerting.refresh_incidents(tenant, v_changed || v_reopened);
  return v_raised;
end
$$;
comment on function alerting.raise_signals(int, int, alerting.signal[]) is
'Takes conditions that hold now. For each dedup_key: an open alert goes on (occurrences, severity and summary follow), one that ended within the tenant''s reopen_within begins again in its incident, else an alert is opened. Labels are rule, kind (system where rule is null), severity, and of the device device, model and site (path); then the rule''s labels and the signal''s, which win. Of two signals with one key the more severe counts. Returns how many alerts were opened or begun again. New alerts are given to incidents by alerting.group_alerts. 23514 for an unknown severity or a dedup_key with spaces or of more than 200 characters.';
