-- A tenant with its sites, profiles, feature sets and devices, from temporary tables that the caller has filled.
select ops.create_tenant(:'tenant', :'display_name') as tenant_id \gset

insert into fleet.site (tenant_id, path, name)
select :tenant_id, s.path::ltree, s.name from new_site s order by s.path;

select fleet.create_profile(:tenant_id, p.name, p.metrics) from new_profile p order by p.name \g /dev/null

-- What a detector should look at differs between values that are judged as they are and values that drift.
select detect.define_features(:tenant_id, p.profile_id, n.features)
from fleet.profile p
join new_profile n on n.name = p.name
where p.tenant_id = :tenant_id \g /dev/null

-- At a reading every 15 minutes, four anomalous ones are an hour: long enough not to be chance. Readings count from the
-- quantile 0.995 on; from 0.99 on there are more false alarms, and hardly a fault more is found.
insert into detect.policy (tenant_id, profile_id, threshold_quantiles, opens_at, min_points)
select p.tenant_id, p.profile_id, '{0.995,0.995,0.999,1}', 'medium', 4
from fleet.profile p
where p.tenant_id = :tenant_id;
update alerting.rule r set min_severity = 'medium' where r.tenant_id = :tenant_id;

insert into fleet.device (tenant_id, external_id, name, model, site_id)
select :tenant_id, d.external_id, d.name, d.model, s.site_id
from new_device d
join fleet.site s on s.tenant_id = :tenant_id and s.path::text = d.site;

insert into fleet.stream (tenant_id, device_id, profile_id)
select :tenant_id, d.device_id, p.profile_id
from new_device n
join fleet.device d on d.tenant_id = :tenant_id and d.external_id = n.external_id
join fleet.profile p on p.tenant_id = :tenant_id and p.name = n.profile;
