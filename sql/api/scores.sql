create or replace view api.scores as
select s.stream_id, d.external_id as device, p.name as profile, s.ts, s.score, s.model_id
from detect.score s
join fleet.stream st using (tenant_id, stream_id)
join fleet.device d using (tenant_id, device_id)
join fleet.profile p on p.tenant_id = st.tenant_id and p.profile_id = st.profile_id;
comment on view api.scores is
$$Anomaly scores of readings
Between 0 and 1; about 0.5 is ordinary. Compare with the model's thresholds. Bound ts and name the device.$$;
