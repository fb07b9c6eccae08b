create or replace function alerting.resolve_incident(tenant int, incident bigint, actor text, note text) returns boolean
language plpgsql
as $$
begin
  if not exists (
    select from alerting.incident i
    where i.tenant_id = tenant and i.incident_id = incident and i.state <> 'resolved')
  then
    return false;
  end if;
  -- Alerts before their incident, as whatever raises them locks.
  update alerting.alert al
  set state = 'resolved', resolved_at = pg_catalog.clock_timestamp(), quiet_since = null
  where al.tenant_id = tenant and al.incident_id = incident and al.state = 'open';
  perform alerting.close_incident(tenant, incident, actor, note);
  update alerting.incident i set open_count = 0 where i.tenant_id = tenant and i.incident_id = incident;
  perform alerting.release_held(tenant);
  return true;
end
$$;
comment on function alerting.resolve_incident(int, bigint, text, text) is
'Resolves an incident and its alerts by hand, with a note for the timeline. What still holds is raised again by its rule, in this incident if that is soon. False when it is resolved already or does not exist.';
