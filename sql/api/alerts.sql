create or replace view api.alerts with (security_invoker = true) as
select al.alert_id, r.name as rule, al.state, al.severity, al.summary, d.external_id as device, al.anomaly_id,
  al.raised_at, al.acknowledged_at, al.resolved_at
from alerting.alert al
join alerting.rule r using (tenant_id, rule_id)
join detect.anomaly a using (tenant_id, anomaly_id)
join fleet.stream st on st.tenant_id = a.tenant_id and st.stream_id = a.stream_id
join fleet.device d on d.tenant_id = st.tenant_id and d.device_id = st.device_id;
comment on view api.alerts is
$$Alerts raised by rules
open, acknowledged or resolved.$$;
