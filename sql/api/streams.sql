create or replace view api.streams with (security_invoker = true) as
select st.stream_id, d.external_id as device, p.name as profile, st.created_at, l.ts as last_reading_at
from fleet.stream st
join fleet.device d using (tenant_id, device_id)
join fleet.profile p on p.tenant_id = st.tenant_id and p.profile_id = st.profile_id
left join fleet.latest l on l.tenant_id = st.tenant_id and l.stream_id = st.stream_id;
comment on view api.streams is
$$Streams: one device speaking one profile
Readings, scores and anomalies belong to a stream.$$;
