-- History in bulk, from the temporary table new_reading: the same table and triggers as every other way in.
insert into fleet.reading (tenant_id, stream_id, ts, values)
select s.tenant_id, s.stream_id, r.ts, r.values
from new_reading r
join fleet.tenant t on t.name = r.tenant
join fleet.device d on d.tenant_id = t.tenant_id and d.external_id = r.device
join fleet.stream s on s.tenant_id = d.tenant_id and s.device_id = d.device_id
order by s.tenant_id, s.stream_id, r.ts;
