-- Roles that outsiders use read and write rows at most. TRUNCATE and REFERENCES pass row security, TRIGGER runs code as
-- whoever writes next, MAINTAIN locks tables; a sequence shows how much others have; CREATE makes objects that others
-- may find.
with outsider as (
  select r.oid, r.rolname from pg_roles r
  where r.rolname in ('anon', 'viewer', 'analyst', 'operator', 'tenant_admin', 'platform_admin', 'bi_reader', 'vigil_worker', 'vigil_api', 'authenticator')
),
ours as (
  select n.oid, n.nspname from pg_namespace n where n.nspowner = 'vigil_owner'::regrole or n.nspname = 'vigil'
)
select format('%s may %s %s', o.rolname, p.privilege, c.oid::regclass)
from outsider o
cross join pg_class c
join ours n on n.oid = c.relnamespace
cross join unnest('{TRUNCATE,REFERENCES,TRIGGER,MAINTAIN}'::text[]) as p (privilege)
where c.relkind in ('r', 'p', 'v') and c.relowner <> o.oid and has_table_privilege(o.oid, c.oid, p.privilege)
union all
select format('%s may use sequence %s', o.rolname, c.oid::regclass)
from outsider o
cross join pg_class c
join ours n on n.oid = c.relnamespace
where c.relkind = 'S' and has_sequence_privilege(o.oid, c.oid, 'USAGE,SELECT,UPDATE')
union all
select format('%s may create in schema %s', o.rolname, n.nspname)
from outsider o
cross join (select oid, nspname from ours union select oid, nspname from pg_namespace where nspname in ('public', 'cron')) n
where has_schema_privilege(o.oid, n.oid, 'CREATE')
  -- What is in api belongs to vigil_api.
  and (o.rolname, n.nspname) <> ('vigil_api', 'api')
union all
select format('%s may use schema cron', o.rolname)
from outsider o
where has_schema_privilege(o.oid, 'cron', 'USAGE')
union all
-- With which a job can be held up for every tenant.
select format('%s may take advisory locks with %s', o.rolname, p.oid::regprocedure)
from outsider o
cross join pg_proc p
where p.pronamespace = 'pg_catalog'::regnamespace and p.proname ~ 'advisory' and has_function_privilege(o.oid, p.oid, 'EXECUTE')
union all
-- Which outlive their session and fill the disk.
select format('%s may make large objects with %s', o.rolname, p.oid::regprocedure)
from outsider o
cross join pg_proc p
where p.pronamespace = 'pg_catalog'::regnamespace and p.proname ~ '^lo_(creat|create|from_bytea|put|truncate|truncate64)$|^lowrite$'
  and has_function_privilege(o.oid, p.oid, 'EXECUTE')
order by 1;

-- Nothing can be handed on.
select format('%s may grant %s on %s', g.grantee::regrole, g.privilege_type, c.oid::regclass)
from pg_class c
join pg_namespace n on n.oid = c.relnamespace and n.nspowner = 'vigil_owner'::regrole
cross join aclexplode(c.relacl) g
where g.is_grantable and g.grantee <> c.relowner
order by 1;
