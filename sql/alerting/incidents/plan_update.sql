create or replace function alerting.plan_update(tenant int, incident bigint) returns void
language sql volatile
as $$
  insert into alerting.timer (tenant_id, incident_id, kind, due_at)
  select i.tenant_id, i.incident_id, 'group',
    greatest(pg_catalog.clock_timestamp(), coalesce(i.last_told_at, i.triggered_at) + coalesce(r.group_interval, interval '5 minutes'))
  from alerting.incident i
  left join alerting.route r on r.tenant_id = i.tenant_id and r.route_id = i.route_id
  where i.tenant_id = tenant and i.incident_id = incident
  on conflict (tenant_id, incident_id, kind, key) do nothing
$$;
comment on function alerting.plan_update(int, bigint) is
'Whoever was told of the incident hears of its changes once the route''s group_interval has passed since the last message.';
