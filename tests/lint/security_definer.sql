-- A function that runs as its owner has a fixed search_path (the temporary schema last, or a caller's temporary table
-- would be found first), is not for everybody, and does not run as a superuser.
select format('%s: %s', p.oid::regprocedure, concat_ws(', ',
  case when not coalesce(p.proconfig, '{}') && array['search_path=pg_catalog, pg_temp', 'search_path=""'] then 'search_path is not fixed' end,
  case when p.proacl is null or exists (select from aclexplode(p.proacl) g where g.grantee = 0) then 'executable by public' end,
  case when r.rolsuper then 'runs as a superuser' end))
from pg_proc p
join pg_namespace n on n.oid = p.pronamespace
join pg_roles r on r.oid = p.proowner
where p.prosecdef and (n.nspowner = 'vigil_owner'::regrole or n.nspname = 'vigil')
  and (not coalesce(p.proconfig, '{}') && array['search_path=pg_catalog, pg_temp', 'search_path=""']
    or p.proacl is null or exists (select from aclexplode(p.proacl) g where g.grantee = 0)
    or r.rolsuper)
order by 1;

-- Everything in api that a request can call is one: the caller has no rights below it.
select format('%s is not security definer', p.oid::regprocedure)
from pg_proc p
where p.pronamespace = 'api'::regnamespace and (not p.prosecdef or p.proowner <> 'vigil_api'::regrole)
order by 1;
