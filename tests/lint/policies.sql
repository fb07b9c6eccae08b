-- Every table with a tenant_id has one policy: for all commands and roles, the tenant of the session, asked for once
-- per statement, for reading and for writing.
with tenant_table as (
  select c.oid
  from pg_class c
  join pg_namespace n on n.oid = c.relnamespace and n.nspowner = 'vigil_owner'::regrole
  join pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant_id' and not a.attisdropped
  where c.relkind in ('r', 'p')
)
select format('%s has %s policies', t.oid::regclass, count(p.oid))
from tenant_table t
left join pg_policy p on p.polrelid = t.oid
group by t.oid
having count(p.oid) <> 1
order by 1;

select format('%s: policy %s is not the tenant policy: using %s check %s', p.polrelid::regclass, p.polname,
  pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid))
from pg_policy p
join pg_class c on c.oid = p.polrelid
join pg_namespace n on n.oid = c.relnamespace and n.nspowner = 'vigil_owner'::regrole
where p.polcmd <> '*' or not p.polpermissive or p.polroles <> '{0}'
  or pg_get_expr(p.polqual, p.polrelid) is distinct from '(tenant_id = ( SELECT auth.tenant_id() AS tenant_id))'
  or pg_get_expr(p.polwithcheck, p.polrelid) is distinct from '(tenant_id = ( SELECT auth.tenant_id() AS tenant_id))'
order by 1;
