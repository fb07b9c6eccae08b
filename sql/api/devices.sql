create or replace view api.devices with (security_invoker = false) as
select d.external_id as device, d.name, d.model, s.path::text as site, d.attributes - (select ops.hidden_attributes()) as attributes, d.active, d.registered_at,
  (select max(l.ts) from fleet.stream st join fleet.latest l using (tenant_id, stream_id)
    where st.tenant_id = d.tenant_id and st.device_id = d.device_id) as last_reading_at
from fleet.device d
left join fleet.site s using (tenant_id, site_id);
comment on view api.devices is
$$Devices of the tenant
One row per device, known by the external id its source uses.$$;
comment on column api.devices.device is 'External id: what readings name the device by.';
comment on column api.devices.site is 'Path in the tree of sites, such as emea.de.berlin.';
comment on column api.devices.last_reading_at is 'Time of the newest reading of any of its streams.';
