create or replace view api.alerts with (security_invoker = true) as
select al.alert_id, r.name as rule, al.state, al.severity, al.summary, d.external_id as device, al.anomaly_id,
  al.incident_id, i.state as incident_state, al.muted_by, al.labels, al.value, al.occurrences,
  al.raised_at, al.last_seen_at, al.resolved_at, al.dedup_key
from alerting.alert al
left join alerting.rule r using (tenant_id, rule_id)
left join alerting.incident i on i.tenant_id = al.tenant_id and i.incident_id = al.incident_id
left join fleet.device d on d.tenant_id = al.tenant_id and d.device_id = al.device_id;
comment on view api.alerts is
$$What rules found, and what is wrong with the system itself
open or resolved. Repeats of an alert count in its occurrences. Alerts that belong together are one incident; muted_by says why nobody is told (silence or inhibition). An alert about the system, such as a damaged archive, has neither rule nor device.$$;
