create or replace function alerting.group_alerts(tenant int) returns int
language plpgsql
set plan_cache_mode = force_custom_plan set enable_nestloop = on
as $$
declare
  v_alerts bigint[];
  v_keys text[];
  v_leaders jsonb;
  v_grouped int;
  v_incidents bigint[];
begin
  perform alerting.settle_flapping(tenant);
  perform alerting.unmute_alerts(tenant);
  v_alerts := array(
    select al.alert_id
    from alerting.alert al
    where al.tenant_id = tenant and al.incident_id is null and al.state = 'open' and al.muted_by is null);
  if v_alerts = '{}' then
    return 0;
  end if;
  -- While a storm grows the statistics say that there are no alerts, and a loop over every pair would be planned.
  if pg_catalog.cardinality(v_alerts) > 200 then
    perform pg_catalog.set_config('enable_nestloop', 'off', true);
  end if;
  perform alerting.mute_alerts(tenant, v_alerts), alerting.mute_over_quota(tenant, v_alerts);

  with routed as (
    select al.alert_id, al.severity, al.summary, route.route_id, route.policy_id, coalesce(route.group_wait, interval '0') as group_wait,
      pg_catalog.format('%s:%s', coalesce(route.route_id::text, 'default'), pg_catalog.md5((
        select coalesce(pg_catalog.jsonb_agg(coalesce(al.labels ->> g.label, '') order by g.place), '[]')
        from pg_catalog.unnest(coalesce(route.group_by, '{rule,site}')) with ordinality g (label, place))::text)) as group_key
    from alerting.alert al
    left join lateral (
      select r.route_id, r.policy_id, r.group_by, r.group_wait
      from alerting.route r
      where r.tenant_id = al.tenant_id and r.enabled and alerting.labels_match(al.labels, r.matchers)
      order by r.position, r.route_id
      limit 1
    ) route on true
    where al.tenant_id = tenant and al.alert_id = any (v_alerts) and al.incident_id is null and al.state = 'open' and al.muted_by is null
  ),
  -- The most severe of a group speaks for it until alerting.refresh_incidents has counted.
  leader as (
    select distinct on (r.group_key) r.group_key, r.route_id, r.policy_id, r.group_wait, r.severity, r.summary
    from routed r
    order by r.group_key, detect.severity_rank(r.severity) desc, r.alert_id
  )
  select pg_catalog.array_agg(r.alert_id), pg_catalog.array_agg(r.group_key), (select pg_catalog.jsonb_agg(l) from leader l)
  into v_alerts, v_keys, v_leaders
  from routed r;
  if v_alerts is null then
    return 0;
  end if;

  with leader as (
    select l.group_key, l.route_id, l.policy_id, l.group_wait, l.severity, l.summary
    from pg_catalog.jsonb_to_recordset(v_leaders) l (
      group_key text, route_id int, policy_id int, group_wait interval, severity text, summary text)
    where not exists (
      select from alerting.incident i
      where i.tenant_id = tenant and i.group_key = l.group_key and i.state <> 'resolved')
  ),
  opened as (
    insert into alerting.incident (tenant_id, group_key, route_id, policy, severity, title)
    select tenant, l.group_key, l.route_id, alerting.policy_snapshot(tenant, l.policy_id), l.severity, l.summary
    from leader l
    -- Somebody else may be opening it just now.
    on conflict (tenant_id, group_key) where state <> 'resolved' do nothing
    returning incident_id, group_key
  ),
  timed as (
    insert into alerting.timer (tenant_id, incident_id, kind, due_at)
    select tenant, o.incident_id, t.kind, pg_catalog.clock_timestamp() + t.after
    from opened o
    join leader l on l.group_key = o.group_key
    cross join lateral (values ('trigger', l.group_wait), ('auto_resolve', (alerting.setting_of(tenant)).auto_resolve)) t (kind, after)
    where t.after is not null
  )
  insert into alerting.incident_event (tenant_id, incident_id, actor, kind, detail)
  select tenant, o.incident_id, 'vigil', 'opened', pg_catalog.jsonb_build_object('title', l.summary, 'severity', l.severity)
  from opened o
  join leader l on l.group_key = o.group_key;

  with joined as (
    update alerting.alert al
    set incident_id = home.incident_id
    from rows from (pg_catalog.unnest(v_alerts), pg_catalog.unnest(v_keys)) a (alert_id, group_key)
    cross join lateral (
      select i.incident_id
      from alerting.incident i
      where i.tenant_id = tenant and i.group_key = a.group_key and i.state <> 'resolved'
    ) home
    where al.tenant_id = tenant and al.alert_id = a.alert_id and al.alert_id = any (v_alerts)
    returning al.incident_id
  )
  select pg_catalog.count(*)::int, pg_catalog.array_agg(distinct j.incident_id) into v_grouped, v_incidents
  from joined j;

  perform alerting.note_newcomers(tenant, v_incidents);
  perform alerting.refresh_incidents(tenant, v_incidents);
  return v_grouped;
end
$$;
comment on function alerting.group_alerts(int) is
'Puts open alerts that are in no incident into one, unless a silence, another alert or the quota of alerts a day mutes them: the first enabled route whose matchers hold decides with which others they belong together and which policy takes them; without one it is the fallback policy, by rule and site. A new incident triggers after the route''s group_wait. Returns how many alerts were given to incidents.';
