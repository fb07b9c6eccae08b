create or replace function alerting.reopen_incidents(tenant int, incidents bigint[]) returns void
language plpgsql
as $$
declare
  v_incident alerting.incident;
begin
  for v_incident in
    select i.* from alerting.incident i
    where i.tenant_id = tenant and i.incident_id = any (incidents) and i.state = 'resolved'
    order by i.incident_id desc
    for update
  loop
    -- A newer one of the group goes on; the alert moves there.
    if exists (
      select from alerting.incident n
      where n.tenant_id = tenant and n.group_key = v_incident.group_key and n.state <> 'resolved')
    then
      update alerting.alert al set incident_id = null
      where al.tenant_id = tenant and al.incident_id = v_incident.incident_id and al.state = 'open';
      continue;
    end if;
    update alerting.incident i
    set state = case when i.acknowledged_at is null then 'open' else 'acknowledged' end,
      resolved_at = null, resolved_by = null, updated_at = pg_catalog.clock_timestamp()
    where i.tenant_id = tenant and i.incident_id = v_incident.incident_id;
    perform alerting.add_event(tenant, v_incident.incident_id, null, 'reopened', null);
    if v_incident.triggered_at is null then
      insert into alerting.timer (tenant_id, incident_id, kind, due_at)
      select tenant, v_incident.incident_id, 'trigger', pg_catalog.clock_timestamp() + coalesce(r.group_wait, interval '0')
      from (select 1) one
      left join alerting.route r on r.tenant_id = tenant and r.route_id = v_incident.route_id;
    else
      -- Those who know hear that it is back; nobody is woken a second time for it, and the next step comes when it would have.
      insert into alerting.timer (tenant_id, incident_id, kind, due_at)
      values (tenant, v_incident.incident_id, 'group', pg_catalog.clock_timestamp());
      if v_incident.acknowledged_at is null then
        perform alerting.plan_step(tenant, v_incident.incident_id);
      else
        perform alerting.plan_reminders(tenant, v_incident.incident_id);
      end if;
    end if;
  end loop;
end
$$;
comment on function alerting.reopen_incidents(int, bigint[]) is
'Opens resolved incidents again whose alerts have come back within the tenant''s reopen_within. An acknowledgement still holds; else escalation goes on after the step that was reached. Whoever was told hears of it as an update. Where the group has a newer incident the alerts are left for alerting.group_alerts to put there.';
