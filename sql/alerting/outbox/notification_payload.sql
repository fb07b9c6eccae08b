create or replace function alerting.notification_payload(tenant int, alert bigint) returns text
language sql stable
as $$
  select pg_catalog.jsonb_build_object(
    'type', 'alert.raised',
    'timestamp', pg_catalog.to_char(al.raised_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
    'data', pg_catalog.jsonb_build_object(
      'alert_id', al.alert_id,
      'tenant', t.name,
      'severity', al.severity,
      'summary', al.summary)
    || case when an.anomaly_id is null then pg_catalog.jsonb_build_object('dedup_key', al.dedup_key)
      else pg_catalog.jsonb_build_object(
        'anomaly_id', an.anomaly_id,
        'rule', r.name,
        'device', pg_catalog.jsonb_build_object('id', d.external_id, 'name', d.name, 'model', d.model, 'site', s.path::text),
        'profile', p.name,
        'score', pg_catalog.round(an.peak_score::numeric, 4),
        'started_at', an.started_at,
        'ended_at', an.ended_at,
        'peak_at', an.peak_at,
        'explanation', an.explanation) end)::text
  from alerting.alert al
  left join alerting.rule r using (tenant_id, rule_id)
  left join detect.anomaly an using (tenant_id, anomaly_id)
  join fleet.tenant t using (tenant_id)
  left join fleet.stream st using (tenant_id, stream_id)
  left join fleet.device d using (tenant_id, device_id)
  left join fleet.profile p on p.tenant_id = st.tenant_id and p.profile_id = st.profile_id
  left join fleet.site s on s.tenant_id = d.tenant_id and s.site_id = d.site_id
  where al.tenant_id = notification_payload.tenant and al.alert_id = notification_payload.alert
$$;
comment on function alerting.notification_payload(int, bigint) is
'The body of the webhook for a raised alert: {type, timestamp, data} as the Standard Webhooks specification has it. What is about an anomaly names it, its rule and its device; what is about the system itself has a dedup_key instead.';
