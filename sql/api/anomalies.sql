create or replace view api.anomalies with (security_invoker = false) as
select a.anomaly_id, d.external_id as device, d.name as device_name, d.model as device_model, s.path::text as site, p.name as profile,
  a.state, a.severity, a.started_at, a.ended_at, a.points, a.peak_score, a.peak_at,
  case when p.personal = '{}' or (select auth.sees_personal_data()) then a.explanation end as explanation,
  a.acknowledged_at, a.acknowledged_by, a.note, a.model_id, a.stream_id, a.created_at, a.updated_at
from detect.anomaly a
join fleet.stream st using (tenant_id, stream_id)
join fleet.device d using (tenant_id, device_id)
join fleet.profile p on p.tenant_id = st.tenant_id and p.profile_id = st.profile_id
left join fleet.site s on s.tenant_id = d.tenant_id and s.site_id = d.site_id
where a.state <> 'candidate';
comment on view api.anomalies is
$$Anomalies with explanations
One row per episode, from its first to its last anomalous reading.$$;
comment on column api.anomalies.state is 'open: still going on; closed: normal since ended_at.';
comment on column api.anomalies.explanation is 'The five strongest contributions at the peak: feature, value, typical range (1st to 99th percentile in training), direction and contribution to the score.';
comment on column api.anomalies.points is 'Anomalous readings in the episode.';
