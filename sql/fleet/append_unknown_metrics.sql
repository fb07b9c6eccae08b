create or replace function fleet.append_unknown_metrics(tenant int, bodies jsonb[]) returns void
language plpgsql
as $$
declare
  v_unknown record;
begin
  if not exists (select from fleet.tenant t where t.tenant_id = tenant and t.unknown_metric = 'append') then
    return;
  end if;

  for v_unknown in
    with reading as materialized (
      select e.position, e.body ->> 'device' as device, e.body ->> 'profile' as profile,
        case
          when pg_catalog.jsonb_typeof(e.body -> 'metrics') = 'object' then e.body -> 'metrics'
          when e.body -> 'metrics' <> 'null' then null
          when pg_catalog.jsonb_typeof(e.body -> 'metric') = 'string' and e.body ? 'value'
            then pg_catalog.jsonb_build_object(e.body ->> 'metric', e.body -> 'value')
        end as metrics
      from pg_catalog.unnest(bodies) with ordinality as e (body, position)
      where pg_catalog.jsonb_typeof(e.body) = 'object' and pg_catalog.jsonb_typeof(e.body -> 'device') = 'string'
    ),
    measured as materialized (
      select r.device, r.profile, m.key as metric, min(r.position) as first_seen
      from reading r
      cross join lateral pg_catalog.jsonb_each(r.metrics) as m
      where pg_catalog.jsonb_typeof(m.value) in ('number', 'null') and m.key ~ '^[A-Za-z_][A-Za-z0-9_.%/-]{0,62}$'
      group by r.device, r.profile, m.key
    ),
    -- Whose metrics they are: of the profile that the reading names, or of the only one that the device speaks.
    sender as materialized (
      select n.device, n.profile, coalesce(p.profile_id, s.profile_id) as profile_id
      from (select distinct m.device, m.profile from measured m) n
      join fleet.tenant t on t.tenant_id = tenant
      left join fleet.device d on d.tenant_id = tenant and d.external_id = n.device
      left join fleet.profile p on p.tenant_id = tenant and p.name = n.profile
      left join lateral (
        select min(st.profile_id) as profile_id
        from fleet.stream st
        where st.tenant_id = tenant and st.device_id = d.device_id and n.profile is null
        having pg_catalog.count(*) = 1
      ) s on true
      where d.device_id is not null or t.unknown_device = 'register'
    )
    select x.profile_id, pg_catalog.array_agg(x.metric order by x.first_seen, x.metric) as metrics
    from (
      select p.profile_id, m.metric, min(m.first_seen) as first_seen
      from measured m
      join sender s on s.device = m.device and s.profile is not distinct from m.profile
      join fleet.profile p on p.tenant_id = tenant and p.profile_id = s.profile_id
      where m.metric <> all (p.metric_names)
      group by p.profile_id, m.metric
    ) x
    group by x.profile_id
    order by x.profile_id
  loop
    -- Whoever waits here finds below what the other request has appended.
    perform from fleet.profile p where p.tenant_id = tenant and p.profile_id = v_unknown.profile_id for no key update;
    insert into fleet.metric (tenant_id, profile_id, position, name)
    select p.tenant_id, p.profile_id, null, u.metric
    from fleet.profile p
    cross join lateral (
      select n.metric, n.position
      from pg_catalog.unnest(v_unknown.metrics) with ordinality as n (metric, position)
      where n.metric <> all (p.metric_names)
      order by n.position
      limit 4096 - pg_catalog.cardinality(p.metric_names)
    ) u
    where p.tenant_id = tenant and p.profile_id = v_unknown.profile_id
    order by u.position;
  end loop;
end
$$;
comment on function fleet.append_unknown_metrics(int, jsonb[]) is
'Appends the metrics that readings bring and their profile lacks, where the tenant wants it: in the order in which they come, as gauges without a unit, up to the 4096 that a profile may have. Call it before streams are opened: then every request locks profiles first.';
