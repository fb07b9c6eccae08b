-- Operators of enums, numeric and the like are not leakproof, so a filter on them cannot use an index ahead of a policy.
select format('%s.%s is an enum', a.attrelid::regclass, a.attname)
from pg_attribute a
join pg_class c on c.oid = a.attrelid and c.relkind in ('r', 'p', 'v')
join pg_namespace n on n.oid = c.relnamespace and n.nspowner = 'vigil_owner'::regrole
join pg_type t on t.oid = a.atttypid
left join pg_type e on e.oid = t.typelem
where a.attnum > 0 and not a.attisdropped and 'e' in (t.typtype, e.typtype)
order by 1;

-- A timestamp without time zone means something else on every machine.
select format('%s.%s is a timestamp without time zone', a.attrelid::regclass, a.attname)
from pg_attribute a
join pg_class c on c.oid = a.attrelid and c.relkind in ('r', 'p', 'v')
join pg_namespace n on n.oid = c.relnamespace and n.nspowner = 'vigil_owner'::regrole
where a.attnum > 0 and not a.attisdropped and a.atttypid in ('timestamp'::regtype, 'timestamp[]'::regtype)
order by 1;

-- Check and unique constraints are named by their rule; the messages show the names to users.
select format('constraint %s of %s has a generated name', k.conname, k.conrelid::regclass)
from pg_constraint k
join pg_class c on c.oid = k.conrelid
join pg_namespace n on n.oid = c.relnamespace and n.nspowner = 'vigil_owner'::regrole
where k.contype in ('c', 'u') and k.conname ~ ('^' || c.relname || '_.*_?(check|key)\d*$')
order by 1;

-- A trigger's number says in which order triggers of one table run.
select format('trigger %s of %s has no number', t.tgname, t.tgrelid::regclass)
from pg_trigger t
join pg_class c on c.oid = t.tgrelid
join pg_namespace n on n.oid = c.relnamespace and n.nspowner = 'vigil_owner'::regrole
where not t.tgisinternal and t.tgname !~ '^_\d{3}_' and t.tgname not in ('ts_insert_blocker', 'ts_cagg_invalidation_trigger')
order by 1;
