-- What pgspot asks of a script, asked of the catalog: functions that run as their caller find names and operators by the
-- caller's search_path, so nobody outside may put anything where a search_path could find it before pg_catalog.
with outsider as (
  select r.oid, r.rolname from pg_roles r
  where r.rolname in ('anon', 'viewer', 'analyst', 'operator', 'tenant_admin', 'platform_admin', 'bi_reader', 'vigil_worker', 'authenticator')
)
select format('%s may create in schema %s', o.rolname, n.nspname)
from outsider o
cross join pg_namespace n
where n.nspname !~ '^pg_(temp|toast_temp)_' and has_schema_privilege(o.oid, n.oid, 'CREATE')
union all
select format('%s owns %s %s', o.rolname, x.kind, x.name)
from outsider o
join (
  select c.relowner as owner, 'relation' as kind, c.oid::regclass::text as name from pg_class c where c.relpersistence <> 't'
  union all select p.proowner, 'function', p.oid::regprocedure::text from pg_proc p
  union all select t.typowner, 'type', t.oid::regtype::text from pg_type t where t.typtype <> 'c' and t.typelem = 0 and t.typnamespace::regnamespace::text !~ '^pg_temp'
  union all select p.oprowner, 'operator', p.oid::regoperator::text from pg_operator p
  union all select n.nspowner, 'schema', n.nspname from pg_namespace n where n.nspname !~ '^pg_(temp|toast_temp)_'
) x on x.owner = o.oid
order by 1;

-- Nothing stands in front of an operator or a function of pg_catalog under the same name and arguments.
select format('operator %s hides one of pg_catalog', o.oid::regoperator)
from pg_operator o
join pg_operator b on b.oprnamespace = 'pg_catalog'::regnamespace and (b.oprname, b.oprleft, b.oprright) = (o.oprname, o.oprleft, o.oprright)
where o.oprnamespace <> 'pg_catalog'::regnamespace and o.oprnamespace::regnamespace::text !~ '^pg_temp'
union all
select format('%s hides one of pg_catalog', p.oid::regprocedure)
from pg_proc p
join pg_proc b on b.pronamespace = 'pg_catalog'::regnamespace and (b.proname, b.proargtypes::text) = (p.proname, p.proargtypes::text)
where p.pronamespace not in ('pg_catalog'::regnamespace, 'information_schema'::regnamespace) and p.pronamespace::regnamespace::text !~ '^pg_temp'
  -- Called with its schema, always.
  and p.pronamespace::regnamespace::text not in ('api', 'vigil', 'tap')
order by 1;

-- A trigger runs as whoever writes, a job as vigil_jobs: neither can be led astray by a setting of a role or of the database.
select format('search_path is set for %s', coalesce(r.rolname, d.datname, 'all'))
from pg_db_role_setting s
left join pg_roles r on r.oid = s.setrole
left join pg_database d on d.oid = s.setdatabase
where d.datname is not distinct from coalesce(d.datname, null) and exists (select from unnest(s.setconfig) c where c like 'search_path=%')
  and (s.setdatabase = 0 or d.datname = current_database())
order by 1;
