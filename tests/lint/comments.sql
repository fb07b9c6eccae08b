-- Every table, view, function and schema of ours says what it is for.
select format('table or view %s has no comment', c.oid::regclass)
from pg_class c
join pg_namespace n on n.oid = c.relnamespace and n.nspowner = 'vigil_owner'::regrole
where c.relkind in ('r', 'p', 'v', 'm') and coalesce(obj_description(c.oid, 'pg_class'), '') = ''
order by 1;

select format('%s has no comment', p.oid::regprocedure)
from pg_proc p
join pg_namespace n on n.oid = p.pronamespace
where (n.nspowner = 'vigil_owner'::regrole or n.nspname = 'vigil') and coalesce(obj_description(p.oid, 'pg_proc'), '') = ''
  -- A type's input and output functions are not called by anybody.
  and not exists (select from pg_type t where p.oid in (t.typinput, t.typoutput, t.typreceive, t.typsend))
  and not exists (select from pg_aggregate a where p.oid in (
    a.aggtransfn, a.aggfinalfn, a.aggcombinefn, a.aggserialfn, a.aggdeserialfn, a.aggmtransfn, a.aggminvtransfn, a.aggmfinalfn))
order by 1;

select format('schema %s has no comment', n.nspname)
from pg_namespace n
where n.nspowner = 'vigil_owner'::regrole and coalesce(obj_description(n.oid, 'pg_namespace'), '') = ''
order by 1;

-- PostgREST makes the first line of a comment the summary and the rest the description.
select format('the comment on %s is not a summary line and a description', c.oid::regclass)
from pg_class c
where c.relnamespace = 'api'::regnamespace and c.relkind = 'v' and obj_description(c.oid, 'pg_class') !~ '^[^\n]{5,80}\n.'
union all
select format('the comment on %s is not a summary line and a description', p.oid::regprocedure)
from pg_proc p
where p.pronamespace = 'api'::regnamespace and obj_description(p.oid, 'pg_proc') !~ '^[^\n]{5,80}\n.'
order by 1;
