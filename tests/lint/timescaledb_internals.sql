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

-- What manages hypertables is not for everybody: merge_chunks of 2.19 ends the server when it is called with nulls.
select format('%s is executable by public', p.oid::regprocedure)
from pg_proc p
join pg_depend d on d.classid = 'pg_proc'::regclass and d.objid = p.oid and d.deptype = 'e'
join pg_extension e on e.oid = d.refobjid and e.extname = 'timescaledb'
where p.pronamespace = 'public'::regnamespace
  and p.proname not in ('time_bucket', 'time_bucket_gapfill', 'first', 'last', 'histogram', 'locf', 'interpolate')
  and exists (select from aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) g where g.grantee = 0)
order by 1;
