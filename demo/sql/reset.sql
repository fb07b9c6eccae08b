-- Removes what an earlier demonstration left. A tenant of that name which somebody else made is not touched.
do $$
begin
  if exists (
    select from fleet.tenant t
    where t.name in ('acme', 'globex') and t.display_name not like '%(demonstration)'
  ) then
    raise exception using
      errcode = '55000',
      message = 'a tenant acme or globex exists that the demonstration did not make',
      hint = 'Run the demonstration in an instance of its own: VIGIL_INSTANCE=demo ./dev demo.';
  end if;
end $$;

-- The pipeline stands aside meanwhile, so that it writes nothing for a tenant that is going away.
select pg_advisory_xact_lock(hashtextextended('vigil.job.' || j.job_name, 0))
from unnest(array['features', 'scores', 'anomalies', 'rules', 'alerts', 'escalations']) as j (job_name) \g /dev/null

create temp table old on commit drop as
select t.tenant_id from fleet.tenant t where t.name in ('acme', 'globex');

delete from detect.score where tenant_id in (select o.tenant_id from old o);
delete from detect.device_feature where tenant_id in (select o.tenant_id from old o);
delete from fleet.reading where tenant_id in (select o.tenant_id from old o);
delete from fleet.reading_change where tenant_id in (select o.tenant_id from old o);
delete from detect.feature_change where tenant_id in (select o.tenant_id from old o);
delete from detect.score_change where tenant_id in (select o.tenant_id from old o);
delete from detect.anomaly where tenant_id in (select o.tenant_id from old o);
delete from detect.model where tenant_id in (select o.tenant_id from old o);
delete from detect.feature_set where tenant_id in (select o.tenant_id from old o);
delete from fleet.stream where tenant_id in (select o.tenant_id from old o);
delete from fleet.device where tenant_id in (select o.tenant_id from old o);
delete from fleet.tenant where tenant_id in (select o.tenant_id from old o);
