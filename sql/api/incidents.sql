create or replace view api.incidents with (security_invoker = true) as
select i.incident_id, i.state, i.severity, i.title, i.labels, i.alert_count, i.open_count, i.policy ->> 'name' as policy, r.name as route,
  i.opened_at, i.triggered_at, i.step, i.cycle, i.exhausted_at, i.acknowledged_at, i.acknowledged_by, i.snoozed_until, i.resolved_at,
  i.resolved_by, i.last_told_at, i.updated_at,
  (select min(t.due_at) from alerting.timer t
    where t.tenant_id = i.tenant_id and t.incident_id = i.incident_id and t.kind = 'escalate') as next_step_at
from alerting.incident i
left join alerting.route r on r.tenant_id = i.tenant_id and r.route_id = i.route_id;
comment on view api.incidents is
$$Alerts that belong together, and how far they have come
open, acknowledged, snoozed or resolved. step and cycle say how far escalation is, next_step_at when it goes on if nobody acknowledges. triggered_at null: it waits for more alerts, and nobody has been told yet. labels are those that all its alerts share; GET /alerts?incident_id=eq.… lists the alerts, GET /incident_events the timeline.$$;
