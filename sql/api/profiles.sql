create or replace view api.profiles with (security_invoker = true) as
select p.name as profile,
  (select jsonb_agg(jsonb_build_object('position', m.position, 'name', m.name, 'unit', m.unit, 'kind', m.kind)
      || case when m.personal then '{"personal": true}'::jsonb else '{}' end order by m.position)
    from fleet.metric m where m.tenant_id = p.tenant_id and m.profile_id = p.profile_id) as metrics,
  encode(p.contract_sha256, 'hex') as contract_sha256, p.created_at
from fleet.profile p;
comment on view api.profiles is
$$Profiles: what a kind of device reports
The metrics in the order of the reading's vector. A profile only ever grows.$$;
comment on column api.profiles.contract_sha256 is 'Changes only when metrics are appended.';
