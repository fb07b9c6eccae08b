create or replace function alerting.acknowledge_incident(tenant int, incident bigint, actor text) returns boolean
language plpgsql
as $$
declare
  v_state text;
begin
  select i.state into v_state from alerting.incident i where i.tenant_id = tenant and i.incident_id = incident for update;
  if v_state is null or v_state not in ('open', 'snoozed') then
    return false;
  end if;
  update alerting.incident i
  set state = 'acknowledged', acknowledged_at = pg_catalog.clock_timestamp(), acknowledged_by = actor, snoozed_until = null,
    updated_at = pg_catalog.clock_timestamp()
  where i.tenant_id = tenant and i.incident_id = incident;
  perform alerting.stop_escalation(tenant, incident);
  perform alerting.plan_reminders(tenant, incident);
  perform alerting.add_event(tenant, incident, actor, 'acknowledged', null);
  perform alerting.tell_told(tenant, incident, 'acknowledge');
  perform alerting.release_held(tenant);
  return true;
end
$$;
comment on function alerting.acknowledge_incident(int, bigint, text) is
'Acknowledges an open or snoozed incident: escalation stops, pages that are still waiting are not sent, and the channels that were told hear who has it. It holds until the incident is resolved, or as long as the policy''s acknowledge_timeout says. False when it was acknowledged or resolved before, which stays as it is, or does not exist.';
