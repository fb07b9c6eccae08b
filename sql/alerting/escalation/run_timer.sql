create or replace function alerting.run_timer(timer alerting.timer) returns void
language plpgsql
as $$
declare
  v_incident alerting.incident;
  v_auto_resolve interval;
  v_last_seen_at timestamptz;
begin
  select i.* into v_incident
  from alerting.incident i
  where i.tenant_id = timer.tenant_id and i.incident_id = timer.incident_id;
  if v_incident.state = 'resolved' then
    return;
  end if;
  case timer.kind
    when 'trigger' then
      if v_incident.state = 'open' then
        perform alerting.add_event(timer.tenant_id, timer.incident_id, null, 'triggered',
          pg_catalog.jsonb_build_object('policy', v_incident.policy ->> 'name', 'alerts', v_incident.alert_count));
        perform alerting.restart_escalation(timer.tenant_id, timer.incident_id);
      end if;
    when 'escalate' then
      perform alerting.escalate(timer.tenant_id, timer.incident_id);
    when 'repeat' then
      if v_incident.state = 'open' then
        perform alerting.restart_escalation(timer.tenant_id, timer.incident_id);
      end if;
    when 'contact' then
      perform alerting.tell_again(timer);
    when 'group' then
      perform alerting.tell_told(timer.tenant_id, timer.incident_id, 'update');
    when 'unsnooze' then
      perform alerting.unsnooze_incident(timer.tenant_id, timer.incident_id, null);
    when 'unacknowledge' then
      if v_incident.state = 'acknowledged' then
        update alerting.incident i
        set state = 'open', acknowledged_at = null, acknowledged_by = null, updated_at = pg_catalog.clock_timestamp()
        where i.tenant_id = timer.tenant_id and i.incident_id = timer.incident_id;
        perform alerting.add_event(timer.tenant_id, timer.incident_id, null, 'acknowledgement_expired',
          pg_catalog.jsonb_build_object('acknowledged_by', v_incident.acknowledged_by));
        perform alerting.restart_escalation(timer.tenant_id, timer.incident_id);
      end if;
    when 'remind' then
      if v_incident.state = 'acknowledged' then
        perform alerting.tell_told(timer.tenant_id, timer.incident_id, 'remind');
        insert into alerting.timer (tenant_id, incident_id, kind, due_at)
        values (timer.tenant_id, timer.incident_id, 'remind',
          pg_catalog.clock_timestamp() + (v_incident.policy ->> 'reminder')::interval)
        on conflict (tenant_id, incident_id, kind, key) do nothing;
      end if;
    when 'auto_resolve' then
      v_auto_resolve := (alerting.setting_of(timer.tenant_id)).auto_resolve;
      select max(al.last_seen_at) into v_last_seen_at
      from alerting.alert al
      where al.tenant_id = timer.tenant_id and al.incident_id = timer.incident_id and al.state = 'open';
      if v_last_seen_at + v_auto_resolve <= pg_catalog.clock_timestamp() then
        perform alerting.resolve_incident(timer.tenant_id, timer.incident_id, null,
          pg_catalog.format('nothing was heard of it for %s', v_auto_resolve));
      elsif v_auto_resolve is not null then
        insert into alerting.timer (tenant_id, incident_id, kind, due_at)
        values (timer.tenant_id, timer.incident_id, 'auto_resolve', v_last_seen_at + v_auto_resolve)
        on conflict (tenant_id, incident_id, kind, key) do nothing;
      end if;
    when 'undelivered' then
      perform alerting.hasten(timer);
  end case;
end
$$;
comment on function alerting.run_timer(alerting.timer) is
'Does what one timer of an incident is for. The caller has locked the incident and taken the timer away.';
