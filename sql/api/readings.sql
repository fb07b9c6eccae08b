create or replace view api.readings as
select r.stream_id, d.external_id as device, p.name as profile, r.ts, v.values,
  jsonb_strip_nulls((select jsonb_object_agg(n.name, n.value)
    from unnest(p.metric_names[1:cardinality(v.values)], v.values) as n (name, value))) as metrics
from fleet.reading r
join fleet.stream st using (tenant_id, stream_id)
join fleet.device d using (tenant_id, device_id)
join fleet.profile p on p.tenant_id = st.tenant_id and p.profile_id = st.profile_id
cross join lateral (
  select case when p.personal = '{}' or (select auth.sees_personal_data()) then r.values else fleet.without(r.values, p.personal) end as values
) v
union all
-- Brought back from archives. None of these is in the hypertable, too.
select r.stream_id, d.external_id as device, p.name as profile, r.ts, v.values,
  jsonb_strip_nulls((select jsonb_object_agg(n.name, n.value)
    from unnest(p.metric_names[1:cardinality(v.values)], v.values) as n (name, value))) as metrics
from fleet.restored_reading r
join fleet.stream st using (tenant_id, stream_id)
join fleet.device d using (tenant_id, device_id)
join fleet.profile p on p.tenant_id = st.tenant_id and p.profile_id = st.profile_id
cross join lateral (
  select case when p.personal = '{}' or (select auth.sees_personal_data()) then r.values else fleet.without(r.values, p.personal) end as values
) v;
comment on view api.readings is
$$Readings as they were measured
One row per stream and instant. Bound ts and name the device or stream_id; whole histories are large.$$;
comment on column api.readings.values is 'The metrics in the order of the profile; null was not reported.';
comment on column api.readings.metrics is 'The reported metrics by name.';
