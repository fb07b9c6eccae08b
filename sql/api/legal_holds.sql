create or replace view api.legal_holds with (security_invoker = true) as
select h.hold_id, coalesce(d.external_id, sd.external_id) as device, p.name as profile, h.from_ts, h.to_ts, h.placed_at, h.released_at
from ops.legal_hold h
left join fleet.device d on d.tenant_id = h.tenant_id and d.device_id = h.device_id
left join fleet.stream st on st.tenant_id = h.tenant_id and st.stream_id = h.stream_id
left join fleet.device sd on sd.tenant_id = st.tenant_id and sd.device_id = st.device_id
left join fleet.profile p on p.tenant_id = st.tenant_id and p.profile_id = st.profile_id;
comment on view api.legal_holds is
$$What nothing may remove
Everything of the tenant (device null), or what belongs to a device or to its stream of one profile, in a range of time. Placed and released by DBAs, who know the reason.$$;
