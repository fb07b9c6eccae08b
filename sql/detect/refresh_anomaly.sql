create or replace function detect.refresh_anomaly(tenant int, anomaly bigint) returns boolean
language plpgsql
as $$
declare
  v_anomaly detect.anomaly;
  v_peak record;
  v_points bigint;
  v_severity text;
  v_state text;
  v_explanation jsonb;
begin
  select a.* into strict v_anomaly
  from detect.anomaly a
  where a.tenant_id = tenant and a.anomaly_id = anomaly
  for update;

  select pg_catalog.count(*) into v_points
  from detect.score s
  join detect.model m on m.tenant_id = s.tenant_id and m.model_id = s.model_id
  where s.tenant_id = tenant and s.stream_id = v_anomaly.stream_id
    and s.ts between v_anomaly.started_at and v_anomaly.ended_at and s.score >= m.thresholds[1];
  select s.ts, s.score, s.model_id, m.thresholds, m.feature_set_id, coalesce(p.opens_at, 'high') as opens_at, coalesce(p.min_points, 2) as min_points
  into v_peak
  from detect.score s
  join detect.model m on m.tenant_id = s.tenant_id and m.model_id = s.model_id
  left join detect.policy p on p.tenant_id = m.tenant_id and p.profile_id = m.profile_id
  where s.tenant_id = tenant and s.stream_id = v_anomaly.stream_id
    and s.ts between v_anomaly.started_at and v_anomaly.ended_at and s.score >= m.thresholds[1]
  order by s.score desc, s.ts
  limit 1;

  v_severity := detect.severity(v_peak.score, v_peak.thresholds);
  v_state := case
    when v_anomaly.state <> 'candidate' then 'open'
    when v_points >= v_peak.min_points and detect.severity_rank(v_severity) >= detect.severity_rank(v_peak.opens_at) then 'open'
    else 'candidate'
  end;
  v_explanation := v_anomaly.explanation;
  if v_state = 'open' and (v_explanation is null or (v_anomaly.peak_at, v_anomaly.peak_score) is distinct from (v_peak.ts, v_peak.score)) then
    select detect.explanation(tenant, v_peak.model_id, f.values) into v_explanation
    from detect.device_feature f
    where f.tenant_id = tenant and f.stream_id = v_anomaly.stream_id
      and f.feature_set_id = v_peak.feature_set_id and f.ts = v_peak.ts;
  end if;

  update detect.anomaly a
  set model_id = v_peak.model_id, state = v_state, severity = v_severity, points = v_points,
    peak_score = v_peak.score, peak_at = v_peak.ts, explanation = v_explanation, updated_at = pg_catalog.now(),
    alert_pending = a.alert_pending or (v_state = 'open'
      and (v_anomaly.state = 'candidate' or detect.severity_rank(v_severity) > detect.severity_rank(v_anomaly.severity)))
  where a.tenant_id = tenant and a.anomaly_id = anomaly
    and (a.model_id, a.state, a.severity, a.points, a.peak_score, a.peak_at, a.explanation)
      is distinct from (v_peak.model_id, v_state, v_severity, v_points::int, v_peak.score, v_peak.ts, v_explanation);
  return found;
end
$$;
comment on function detect.refresh_anomaly(int, bigint) is
'Brings an anomaly''s points, peak, severity and explanation in line with the scores between its start and end, and reports a candidate that has become serious enough. True when something changed.';
