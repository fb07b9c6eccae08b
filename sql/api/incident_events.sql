create or replace view api.incident_events with (security_invoker = true) as
select e.event_id, e.incident_id, e.at, e.actor, e.kind, e.detail
from alerting.incident_event e;
comment on view api.incident_events is
$$The timeline of every incident
What happened, when, and who did it; vigil is the system itself. opened, triggered, escalated, step_skipped, undelivered, exhausted, severity, acknowledged, acknowledgement_expired, snoozed, unsnoozed, resolved, reopened, note.$$;
