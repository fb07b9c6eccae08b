create or replace function alerting.raise_alerts(tenant int) returns bigint
language plpgsql
as $$
declare
  v_raised bigint;
  v_resolved bigint;
begin
  with pending as (
    update detect.anomaly a
    set alert_pending = false
    where a.tenant_id = tenant and a.alert_pending
    returning a.anomaly_id, a.stream_id, a.severity, a.peak_score, a.peak_at, a.ended_at, a.explanation
  ),
  matched as (
    select r.rule_id, a.anomaly_id, a.severity,
      pg_catalog.format('%s anomaly on %s: %s', a.severity, d.name,
        coalesce(a.explanation -> 0 ->> 'feature' || ' ' || (a.explanation -> 0 ->> 'direction') || ' its typical range', 'unusual readings')) as summary
    from pending a
    join fleet.stream st on st.tenant_id = tenant and st.stream_id = a.stream_id
    join fleet.device d on d.tenant_id = tenant and d.device_id = st.device_id
    join alerting.rule r on r.tenant_id = tenant and r.enabled and coalesce(r.profile_id, st.profile_id) = st.profile_id
    where a.peak_score >= r.min_score
      and detect.severity_rank(a.severity) >= detect.severity_rank(r.min_severity)
      and a.ended_at >= pg_catalog.now() - r.max_age
  ),
  raised as (
    insert into alerting.alert as al (tenant_id, rule_id, anomaly_id, severity, summary)
    select tenant, m.rule_id, m.anomaly_id, m.severity, m.summary
    from matched m
    on conflict (tenant_id, rule_id, anomaly_id) do update
    set severity = excluded.severity, summary = excluded.summary
    where al.severity is distinct from excluded.severity
    -- xmax is 0 on a row that was inserted, not updated: only a new alert notifies.
    returning al.alert_id, al.rule_id, al.xmax = 0 as is_new
  )
  select pg_catalog.count(*) into v_raised from raised r where r.is_new;

  insert into alerting.notification (tenant_id, channel_id, alert_id, message_id, payload)
  select al.tenant_id, c.channel_id, al.alert_id,
    'msg_' || pg_catalog.replace(pg_catalog.gen_random_uuid()::text, '-', ''),
    alerting.notification_payload(tenant, al.alert_id)
  from alerting.alert al
  join alerting.rule_channel rc on rc.tenant_id = al.tenant_id and rc.rule_id = al.rule_id
  join alerting.channel c on c.tenant_id = rc.tenant_id and c.channel_id = rc.channel_id and c.enabled
  where al.tenant_id = tenant and al.raised_at = pg_catalog.now()
    and not exists (
      select from alerting.notification n
      where n.tenant_id = al.tenant_id and n.alert_id = al.alert_id and n.channel_id = c.channel_id);
  if found then
    -- A hint only: the worker polls as well. One notify, since each takes a cluster-wide lock at commit.
    perform pg_catalog.pg_notify('vigil_notification', '');
  end if;

  update alerting.alert al
  set state = 'resolved', resolved_at = pg_catalog.now()
  from detect.anomaly a
  where al.tenant_id = tenant and al.state <> 'resolved'
    and a.tenant_id = al.tenant_id and a.anomaly_id = al.anomaly_id and a.state = 'closed';
  get diagnostics v_resolved = row_count;
  return v_raised + v_resolved;
end
$$;
comment on function alerting.raise_alerts(int) is
'Matches new and worsened anomalies of the tenant against its rules, raises alerts, writes their notifications in the same transaction, and resolves alerts whose anomaly has closed. Returns how many alerts were raised or resolved.';
