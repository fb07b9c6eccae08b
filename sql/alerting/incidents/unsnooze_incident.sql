create or replace function alerting.unsnooze_incident(tenant int, incident bigint, actor text) returns boolean
language plpgsql
as $$
begin
  update alerting.incident i
  set state = 'open', snoozed_until = null, updated_at = pg_catalog.clock_timestamp()
  where i.tenant_id = tenant and i.incident_id = incident and i.state = 'snoozed';
  if not found then
    return false;
  end if;
  delete from alerting.timer t where t.tenant_id = tenant and t.incident_id = incident and t.kind = 'unsnooze';
  perform alerting.add_event(tenant, incident, actor, 'unsnoozed', null);
  perform alerting.restart_escalation(tenant, incident);
  return true;
end
$$;
comment on function alerting.unsnooze_incident(int, bigint, text) is
'Ends a snooze: escalation begins again from the first step. False when the incident is not snoozed.';
