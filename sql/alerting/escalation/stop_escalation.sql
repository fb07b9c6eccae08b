create or replace function alerting.stop_escalation(tenant int, incident bigint) returns void
language sql volatile
as $$
  delete from alerting.timer t
  where t.tenant_id = tenant and t.incident_id = incident
    and t.kind in ('trigger', 'escalate', 'contact', 'repeat', 'unsnooze', 'undelivered', 'unacknowledge', 'remind')
$$;
comment on function alerting.stop_escalation(int, bigint) is 'Takes away the timers that would tell somebody more about an incident, but for updates and auto_resolve.';
