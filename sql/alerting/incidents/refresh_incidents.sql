create or replace function alerting.refresh_incidents(tenant int, incidents bigint[]) returns void
language plpgsql
as $$
declare
  v_fresh record;
begin
  if incidents is null or incidents = '{}' then
    return;
  end if;
  for v_fresh in
    with counted as (
      select al.incident_id, pg_catalog.count(*)::int as alert_count,
        (pg_catalog.count(*) filter (where al.state = 'open'))::int as open_count,
        max(detect.severity_rank(al.severity)) filter (where al.state = 'open') as open_rank
      from alerting.alert al
      where al.tenant_id = tenant and al.incident_id = any (incidents)
      group by al.incident_id
    ),
    said as (
      select c.incident_id, c.alert_count, c.open_count, i.state, i.triggered_at, i.severity as old_severity,
        coalesce((array['low', 'medium', 'high', 'critical'])[c.open_rank], i.severity) as severity,
        case when c.alert_count = 1 then worst.summary
          else pg_catalog.format('%s alerts: %s', c.alert_count, worst.summary) end as title,
        alerting.shared_labels(tenant, c.incident_id, c.alert_count) as labels
      from counted c
      join alerting.incident i on i.tenant_id = tenant and i.incident_id = c.incident_id
      cross join lateral (
        select al.summary
        from alerting.alert al
        where al.tenant_id = tenant and al.incident_id = c.incident_id
        order by al.state, detect.severity_rank(al.severity) desc, al.alert_id
        limit 1
      ) worst
    )
    update alerting.incident i
    set alert_count = s.alert_count, open_count = s.open_count, severity = s.severity, title = s.title, labels = s.labels,
      updated_at = pg_catalog.clock_timestamp()
    from said s
    where i.tenant_id = tenant and i.incident_id = s.incident_id
    returning i.incident_id, s.open_count, s.state, s.triggered_at, s.old_severity, s.severity
  loop
    if v_fresh.open_count = 0 then
      if v_fresh.state <> 'resolved' then
        perform alerting.close_incident(tenant, v_fresh.incident_id, null, null);
      end if;
    elsif v_fresh.severity <> v_fresh.old_severity then
      perform alerting.add_event(tenant, v_fresh.incident_id, null, 'severity',
        pg_catalog.jsonb_build_object('from', v_fresh.old_severity, 'to', v_fresh.severity));
      if detect.severity_rank(v_fresh.severity) > detect.severity_rank(v_fresh.old_severity) and v_fresh.triggered_at is not null then
        if v_fresh.state = 'snoozed' then
          perform alerting.unsnooze_incident(tenant, v_fresh.incident_id, null);
        end if;
        -- Worse news does not wait for the interval.
        insert into alerting.timer as t (tenant_id, incident_id, kind, due_at)
        values (tenant, v_fresh.incident_id, 'group', pg_catalog.clock_timestamp())
        on conflict (tenant_id, incident_id, kind, key) do update set due_at = least(t.due_at, excluded.due_at);
      end if;
    end if;
  end loop;
end
$$;
comment on function alerting.refresh_incidents(int, bigint[]) is
'Brings counts, severity, title and labels of incidents in line with their alerts. The severity is the worst of the open alerts; when it rises a snooze ends and whoever was told hears of it at once. An incident without open alerts is resolved.';
