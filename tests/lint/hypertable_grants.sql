-- Grants on a hypertable are copied to its chunks and policies are not, so only the owner, vigil_api and vigil_jobs
-- hold any: on the hypertable, on its columns, on its chunks.
select format('%s holds %s on %s', coalesce(nullif(g.grantee, 0)::regrole::text, 'public'), g.privilege_type, c.oid::regclass)
from pg_class c
cross join lateral (
  select x.grantee, x.privilege_type from aclexplode(c.relacl) x
  union all
  select x.grantee, x.privilege_type from pg_attribute a cross join aclexplode(a.attacl) x where a.attrelid = c.oid
) g
where c.oid in (
    select format('%I.%I', h.schema_name, h.table_name)::regclass from _timescaledb_catalog.hypertable h
    union all
    select format('%I.%I', k.schema_name, k.table_name)::regclass from _timescaledb_catalog.chunk k where not k.dropped)
  and g.grantee <> all (array['vigil_owner', 'vigil_api', 'vigil_jobs']::regrole[])
order by 1;

-- Nor does anybody get there by membership.
select format('%s is a member of %s', m.member::regrole, m.roleid::regrole)
from pg_auth_members m
where m.roleid = any (array['vigil_owner', 'vigil_api', 'vigil_jobs', 'vigil_worker', 'authenticator']::regrole[])
  and not (select r.rolsuper from pg_roles r where r.oid = m.member)
order by 1;
