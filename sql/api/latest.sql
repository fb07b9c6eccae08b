create or replace view api.latest with (security_invoker = false) as
select d.external_id as device, p.name as profile, m.name as metric, m.unit, l.seen[m.position] as ts,
  case when m.personal and not (select auth.sees_personal_data()) then null else l.values[m.position] end as value
from fleet.latest l
join fleet.stream st using (tenant_id, stream_id)
join fleet.device d using (tenant_id, device_id)
join fleet.profile p on p.tenant_id = st.tenant_id and p.profile_id = st.profile_id
join fleet.metric m on m.tenant_id = st.tenant_id and m.profile_id = st.profile_id
where l.seen[m.position] is not null;
comment on view api.latest is
$$The newest value of every metric
With the time at which it was measured.$$;
