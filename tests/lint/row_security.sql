-- Every table in our schemas has row security on and forced. Hypertables are not forced, because a continuous
-- aggregate's refresh runs as the owner; auth.login is not, because auth.tenant_id() reads it as the owner.
select format('%s: row security is %s and %s', c.oid::regclass,
  case when c.relrowsecurity then 'on' else 'off' end, case when c.relforcerowsecurity then 'forced' else 'not forced' end)
from pg_class c
join pg_namespace n on n.oid = c.relnamespace and n.nspowner = 'vigil_owner'::regrole
where c.relkind in ('r', 'p')
  and (c.relrowsecurity, c.relforcerowsecurity) is distinct from (true, not (
    c.oid in ('fleet.reading'::regclass, 'fleet.reading_rollup'::regclass, 'detect.device_feature'::regclass, 'detect.score'::regclass, 'auth.login'::regclass)))
order by 1;

-- The tables named above are all the hypertables there are, but for what continuous aggregates are stored in.
select format('%s is a hypertable and is not declared in this file', format('%I.%I', h.schema_name, h.table_name))
from _timescaledb_catalog.hypertable h
where format('%I.%I', h.schema_name, h.table_name) not in ('fleet.reading', 'fleet.reading_rollup', 'detect.device_feature', 'detect.score')
  and not exists (select from _timescaledb_catalog.continuous_agg a where a.mat_hypertable_id = h.id)
order by 1;

-- A materialized view cannot carry policies.
select format('%s is a materialized view', c.oid::regclass)
from pg_class c
join pg_namespace n on n.oid = c.relnamespace and n.nspowner = 'vigil_owner'::regrole
where c.relkind = 'm'
order by 1;
