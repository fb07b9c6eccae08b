-- Views over ordinary tables ask as their reader. Views over hypertables ask as vigil_api, so that nobody else needs a
-- grant on a hypertable (grants, unlike policies, are copied to its chunks); a security barrier on them would keep
-- the newest-first scan from stopping at the newest chunk. Nor do those views ask as their reader that show less of a
-- table than there is to whoever may not see personal data: readers hold no grant on what is hidden.
with recursive reads as (
  select r.ev_class as view, d.refobjid as relation
  from pg_rewrite r
  join pg_depend d on d.classid = 'pg_rewrite'::regclass and d.objid = r.oid and d.refclassid = 'pg_class'::regclass
    and d.refobjid <> r.ev_class
),
reached as (
  select r.view, r.relation from reads r
  union
  select e.view, r.relation from reached e join reads r on r.view = e.relation
),
api_view as (
  select c.oid, c.relowner, coalesce(c.reloptions, '{}') as options,
    exists (
      select from reached e
      join _timescaledb_catalog.hypertable h on format('%I.%I', h.schema_name, h.table_name)::regclass = e.relation
      where e.view = c.oid)
    or c.oid = any (array['api.people', 'api.devices', 'api.latest', 'api.anomalies']::regclass[]) as over_hypertable
  from pg_class c
  where c.relnamespace = 'api'::regnamespace and c.relkind = 'v'
)
select format('%s: %s', v.oid::regclass, concat_ws(', ',
  case when v.relowner <> 'vigil_api'::regrole then 'not owned by vigil_api' end,
  case when v.over_hypertable and v.options && '{security_invoker=true,security_invoker=on}' then 'security_invoker over a hypertable' end,
  case when not v.over_hypertable and not v.options && '{security_invoker=true,security_invoker=on}' then 'not security_invoker' end,
  case when v.over_hypertable and v.options && '{security_barrier=true,security_barrier=on}' then 'security_barrier over a hypertable' end))
from api_view v
where v.relowner <> 'vigil_api'::regrole
  or v.over_hypertable = (v.options && '{security_invoker=true,security_invoker=on}')
  or v.over_hypertable and v.options && '{security_barrier=true,security_barrier=on}'
order by 1;

-- Nothing but views and functions is exposed.
select format('%s is in the exposed schema and is not a view', c.oid::regclass)
from pg_class c
where c.relnamespace = 'api'::regnamespace and c.relkind not in ('v', 'i')
order by 1;
