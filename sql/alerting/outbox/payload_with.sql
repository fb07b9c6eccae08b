create or replace function alerting.payload_with(tenant int, notification bigint, most int) returns text
language sql stable
as $$
  with message as (
    select n.*
    from alerting.notification n
    where n.tenant_id = tenant and n.notification_id = notification
  ),
  shown as (
    -- The worst of what is open first.
    select al.alert_id, al.state, al.severity, al.raised_at, al.value, al.anomaly_id, pg_catalog.left(al.summary, 400) as summary,
      r.name as rule, d.external_id, d.name as device_name, d.model, s.path::text as site, an.peak_score, an.explanation,
      pg_catalog.row_number() over (order by al.state, detect.severity_rank(al.severity) desc, al.alert_id) as place
    from message m
    join alerting.alert al on al.tenant_id = m.tenant_id and al.incident_id = m.incident_id
    left join alerting.rule r on r.tenant_id = al.tenant_id and r.rule_id = al.rule_id
    left join fleet.device d on d.tenant_id = al.tenant_id and d.device_id = al.device_id
    left join fleet.site s on s.tenant_id = d.tenant_id and s.site_id = d.site_id
    left join detect.anomaly an on an.tenant_id = al.tenant_id and an.anomaly_id = al.anomaly_id
    order by place
    limit most
  )
  select pg_catalog.jsonb_build_object(
    'type', case m.purpose when 'page' then 'incident.triggered' when 'update' then 'incident.updated'
      when 'acknowledge' then 'incident.acknowledged' when 'resolve' then 'incident.resolved' else 'incident.reminder' end,
    'timestamp', pg_catalog.to_char(pg_catalog.clock_timestamp() at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
    'data', pg_catalog.jsonb_strip_nulls(pg_catalog.jsonb_build_object(
      'incident_id', i.incident_id,
      'tenant', t.name,
      'title', pg_catalog.left(i.title, 400),
      'severity', i.severity,
      'state', i.state,
      'opened_at', i.opened_at,
      'alert_count', i.alert_count,
      'open_count', i.open_count,
      'labels', case when most > 0 then i.labels end,
      'policy', i.policy ->> 'name',
      'step', nullif(m.step, 0),
      'cycle', m.cycle,
      'acknowledged_by', i.acknowledged_by,
      'resolved_by', i.resolved_by,
      'recipient', (
        select pg_catalog.jsonb_build_object('name', p.display_name, 'language', p.language, 'time_zone', p.time_zone)
        from alerting.person p
        where p.tenant_id = m.tenant_id and p.person_id = m.person_id),
      'alerts', coalesce((
        select pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object(
            'alert_id', a.alert_id, 'summary', a.summary, 'severity', a.severity, 'state', a.state, 'rule', a.rule,
            'started_at', a.raised_at, 'value', a.value, 'anomaly_id', a.anomaly_id, 'score', pg_catalog.round(a.peak_score::numeric, 4),
            'device', case when a.external_id is not null then pg_catalog.jsonb_build_object(
              'id', a.external_id, 'name', a.device_name, 'model', a.model, 'site', a.site) end,
            -- The reasons of the first three; the rest are at GET /anomalies.
            'explanation', case when a.place <= 3 and most > 3 then a.explanation end) order by a.place)
        from shown a), '[]'),
      'also', (
        select pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object('incident_id', b.incident_id, 'title', pg_catalog.left(b.title, 200), 'severity', b.severity)
          order by detect.severity_rank(b.severity) desc, b.incident_id)
        from (
          select x.incident_id, x.title, x.severity
          from alerting.notification o
          join alerting.incident x on x.tenant_id = o.tenant_id and x.incident_id = o.incident_id
          where o.tenant_id = m.tenant_id and o.bundled_into = m.notification_id
          order by detect.severity_rank(x.severity) desc, x.incident_id
          limit 20
        ) b),
      'also_count', (
        select nullif(pg_catalog.count(*), 0) from alerting.notification o
        where o.tenant_id = m.tenant_id and o.bundled_into = m.notification_id))))::text
  from message m
  join alerting.incident i on i.tenant_id = m.tenant_id and i.incident_id = m.incident_id
  join fleet.tenant t on t.tenant_id = m.tenant_id
$$;
comment on function alerting.payload_with(int, bigint, int) is
'The payload of a notification about an incident with at most so many of its alerts, the worst first: {type, timestamp, data} as the Standard Webhooks specification has it. With more than three it has the explanations of the first three, with none no labels either. For a bundle data.also has the other incidents, at most 20 of also_count.';
