create or replace view api.telemetry as
select d.external_id as device, p.name as profile, m.name as metric, m.unit, r.ts,
  case when m.personal and not (select auth.sees_personal_data()) then null else r.values[m.position] end as value
from fleet.reading r
join fleet.stream st using (tenant_id, stream_id)
join fleet.device d using (tenant_id, device_id)
join fleet.profile p on p.tenant_id = st.tenant_id and p.profile_id = st.profile_id
join fleet.metric m on m.tenant_id = st.tenant_id and m.profile_id = st.profile_id
where r.values[m.position] is not null
union all
-- Brought back from archives. None of these is in the hypertable, too.
select d.external_id as device, p.name as profile, m.name as metric, m.unit, r.ts,
  case when m.personal and not (select auth.sees_personal_data()) then null else r.values[m.position] end as value
from fleet.restored_reading r
join fleet.stream st using (tenant_id, stream_id)
join fleet.device d using (tenant_id, device_id)
join fleet.profile p on p.tenant_id = st.tenant_id and p.profile_id = st.profile_id
join fleet.metric m on m.tenant_id = st.tenant_id and m.profile_id = st.profile_id
where r.values[m.position] is not null;
comment on view api.telemetry is
$$Readings, one row per metric
The usual narrow shape for BI tools: device, metric, ts, value. Bound ts.$$;
