create or replace function alerting.restart_escalation(tenant int, incident bigint) returns void
language plpgsql
as $$
begin
  update alerting.incident i
  set triggered_at = coalesce(i.triggered_at, pg_catalog.clock_timestamp()),
    cycle = i.cycle + (i.triggered_at is not null)::int, step = 0, repeats_left = (i.policy ->> 'repeats')::int, exhausted_at = null
  where i.tenant_id = tenant and i.incident_id = incident;
  delete from alerting.timer t
  where t.tenant_id = tenant and t.incident_id = incident and t.kind in ('trigger', 'contact', 'repeat', 'unacknowledge', 'remind');
  perform alerting.plan_step(tenant, incident);
end
$$;
comment on function alerting.restart_escalation(int, bigint) is
'Begins an incident''s escalation at the first step, after that step''s delay: when it triggers, and again when a snooze or an acknowledgement has run out.';
