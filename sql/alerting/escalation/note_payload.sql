create or replace function alerting.note_payload(recipient alerting.recipient) returns text
language sql stable
as $$
  with missed as (
    select n.incident_id, n.reason
    from alerting.notification n
    where n.tenant_id = recipient.tenant_id and n.channel_id = recipient.channel_id
      and n.address is not distinct from nullif(recipient.address, '')
      and n.state = 'suppressed' and n.reason in ('throttled', 'quota') and n.created_at >= recipient.suppressed_since - interval '1 minute'
  )
  select pg_catalog.jsonb_build_object(
    'type', 'notifications.suppressed',
    'timestamp', pg_catalog.to_char(pg_catalog.clock_timestamp() at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
    'data', pg_catalog.jsonb_build_object(
      'tenant', (select t.name from fleet.tenant t where t.tenant_id = recipient.tenant_id),
      'count', recipient.suppressed_count,
      'since', recipient.suppressed_since,
      'reasons', coalesce((select pg_catalog.jsonb_object_agg(r.reason, r.n) from (select m.reason, pg_catalog.count(*) as n from missed m group by m.reason) r), '{}'),
      'incidents', coalesce((
        select pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object('incident_id', i.incident_id, 'title', pg_catalog.left(i.title, 300),
          'severity', i.severity, 'state', i.state) order by detect.severity_rank(i.severity) desc, i.incident_id)
        from (
          select i.* from alerting.incident i
          where i.tenant_id = recipient.tenant_id and i.incident_id in (select m.incident_id from missed m)
          order by detect.severity_rank(i.severity) desc, i.incident_id
          limit 20
        ) i), '[]')))::text
$$;
comment on function alerting.note_payload(alerting.recipient) is
'The payload of a note about suppressed messages: {type: notifications.suppressed, timestamp, data: {tenant, count, since, reasons, incidents}}; at most 20 incidents, the most severe first.';
