-- TimescaleDB 2.19 checks no permission in some internal routines (drop_chunk among them); only inserts into
-- hash-partitioned tables need one of them.
select format('%s is executable by public', p.oid::regprocedure)
from pg_proc p
where p.pronamespace = '_timescaledb_functions'::regnamespace
  and p.oid <> '_timescaledb_functions.get_partition_hash(anyelement)'::regprocedure
  and exists (select from aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) g where g.grantee = 0)
order by 1;

select format('%s may execute %s', r.rolname, p.oid::regprocedure)
from pg_proc p
cross join pg_roles r
where p.pronamespace = '_timescaledb_functions'::regnamespace
  and p.oid <> '_timescaledb_functions.get_partition_hash(anyelement)'::regprocedure
  and r.rolname in ('anon', 'viewer', 'analyst', 'operator', 'tenant_admin', 'platform_admin', 'bi_reader', 'vigil_worker', 'vigil_api', 'authenticator')
  and has_function_privilege(r.oid, p.oid, 'EXECUTE')
order by 1;

select format('public may use schema %s', n.nspname)
from pg_namespace n
cross join aclexplode(coalesce(n.nspacl, acldefault('n', n.nspowner))) g
where n.nspname in ('timescaledb_information', 'timescaledb_experimental', '_timescaledb_debug') and g.grantee = 0
order by 1;
