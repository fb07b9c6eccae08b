create or replace function alerting.plan_reminders(tenant int, incident bigint) returns void
language sql volatile
as $$
  insert into alerting.timer (tenant_id, incident_id, kind, due_at)
  select i.tenant_id, i.incident_id, k.kind, pg_catalog.clock_timestamp() + k.after
  from alerting.incident i
  cross join lateral (values ('unacknowledge', (i.policy ->> 'acknowledge_timeout')::interval), ('remind', (i.policy ->> 'reminder')::interval))
    k (kind, after)
  where i.tenant_id = tenant and i.incident_id = incident and k.after is not null
  on conflict (tenant_id, incident_id, kind, key) do update set due_at = excluded.due_at
$$;
comment on function alerting.plan_reminders(int, bigint) is
'Sets when an acknowledgement runs out and when its owner is reminded, as the incident''s policy has it.';
