create or replace function alerting.snooze_incident(tenant int, incident bigint, until timestamptz, actor text) returns boolean
language plpgsql
as $$
begin
  update alerting.incident i
  set state = 'snoozed', snoozed_until = until, acknowledged_at = null, acknowledged_by = null, updated_at = pg_catalog.clock_timestamp()
  where i.tenant_id = tenant and i.incident_id = incident and i.state <> 'resolved';
  if not found then
    return false;
  end if;
  perform alerting.stop_escalation(tenant, incident);
  if until < 'infinity' then
    insert into alerting.timer (tenant_id, incident_id, kind, due_at)
    values (tenant, incident, 'unsnooze', until)
    on conflict (tenant_id, incident_id, kind, key) do update set due_at = excluded.due_at;
  end if;
  perform alerting.add_event(tenant, incident, actor, 'snoozed', pg_catalog.jsonb_build_object('until', until));
  return true;
end
$$;
comment on function alerting.snooze_incident(int, bigint, timestamptz, text) is
'Puts an incident off until an instant; infinity: until it is resolved. Escalation stops, and begins again from the first step when the snooze ends: at its time, or when the incident gets worse or more alerts join it. False when it is resolved or does not exist.';
