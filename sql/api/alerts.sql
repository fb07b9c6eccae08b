create or replace view api.alerts with (security_invoker = true) as
select al.alert_id, r.name as rule, al.state, al.severity, al.summary, d.external_id as device, al.anomaly_id,
  al.raised_at, al.acknowledged_at, al.resolved_at, al.dedup_key
from alerting.alert al
left join alerting.rule r using (tenant_id, rule_id)
left join detect.anomaly a using (tenant_id, anomaly_id)
left join fleet.stream st on st.tenant_id = a.tenant_id and st.stream_id = a.stream_id
left join fleet.device d on d.tenant_id = st.tenant_id and d.device_id = st.device_id;
comment on view api.alerts is
$$Alerts raised by rules and about the system itself
open, acknowledged or resolved. An alert about the system, such as a damaged archive, has a dedup_key and neither rule nor device nor anomaly.$$;
