-- PUBLIC, which is every login there will ever be, holds nothing in our schemas.
select format('%s is executable by public', p.oid::regprocedure)
from pg_proc p
join pg_namespace n on n.oid = p.pronamespace and n.nspowner = 'vigil_owner'::regrole
where exists (select from aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) g where g.grantee = 0)
order by 1;

select format('public may %s %s', g.privilege_type, c.oid::regclass)
from pg_class c
join pg_namespace n on n.oid = c.relnamespace and n.nspowner = 'vigil_owner'::regrole
cross join aclexplode(c.relacl) g
where g.grantee = 0
order by 1;

select format('public may %s in schema %s', g.privilege_type, n.nspname)
from pg_namespace n
cross join aclexplode(coalesce(n.nspacl, acldefault('n', n.nspowner))) g
where g.grantee = 0 and (n.nspowner = 'vigil_owner'::regrole or g.privilege_type = 'CREATE')
order by 1;
