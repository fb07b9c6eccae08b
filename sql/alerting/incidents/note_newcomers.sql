create or replace function alerting.note_newcomers(tenant int, incidents bigint[]) returns void
language plpgsql
as $$
declare
  v_incident alerting.incident;
begin
  for v_incident in
    select i.* from alerting.incident i
    where i.tenant_id = tenant and i.incident_id = any (incidents) and i.triggered_at is not null and i.state <> 'resolved'
    for update
  loop
    -- Whoever put it off did not know of these.
    if v_incident.state = 'snoozed' then
      perform alerting.unsnooze_incident(tenant, v_incident.incident_id, null);
    end if;
    perform alerting.plan_update(tenant, v_incident.incident_id);
  end loop;
end
$$;
comment on function alerting.note_newcomers(int, bigint[]) is
'What happens to incidents that somebody has been told of when more alerts join them: a snooze ends, and an update is due after the route''s group_interval.';
