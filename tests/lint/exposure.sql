-- What Supabase's splinter asks of a schema, where no other file here does.

-- A view of the API has no column that holds a secret, whatever its rows are.
select format('%s.%s looks like a secret', c.oid::regclass, a.attname)
from pg_class c
join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
where c.relnamespace = 'api'::regnamespace and c.relkind = 'v'
  and a.attname ~ '(password|passwd|secret|token|sealed|private|_key$|^key$|hash|salt|totp|recovery|credential)'
  -- A name of a secret that the worker reads from a file, what tells keys and incidents apart, and digests of what everybody of the tenant reads.
  and (c.relname, a.attname) not in (values ('channel_settings', 'secret_ref'), ('channel_settings', 'token_ref'), ('alerts', 'dedup_key'), ('ingest_batches', 'idempotency_key'), ('audit_entries', 'hash'), ('audit_entries', 'object_key'))
  and a.attname !~ '_sha256$'
order by 1;

-- Row security without a policy shuts everybody out, which is meant for what belongs to no tenant alone.
select format('%s has row security and no policy, and a tenant_id', c.oid::regclass)
from pg_class c
join pg_namespace n on n.oid = c.relnamespace and n.nspowner = 'vigil_owner'::regrole
join pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant_id' and not a.attisdropped
where c.relkind in ('r', 'p') and c.relrowsecurity and not exists (select from pg_policy p where p.polrelid = c.oid)
union all
select format('%s has a policy and no row security', c.oid::regclass)
from pg_class c
where not c.relrowsecurity and exists (select from pg_policy p where p.polrelid = c.oid)
order by 1;

-- Every table has a primary key.
select format('%s has no primary key', c.oid::regclass)
from pg_class c
join pg_namespace n on n.oid = c.relnamespace and n.nspowner = 'vigil_owner'::regrole
where c.relkind in ('r', 'p') and not exists (select from pg_constraint k where k.conrelid = c.oid and k.contype = 'p')
  -- Queues and counts that are emptied by what they hold.
  and c.oid <> 'ops.point_log'::regclass
  and not exists (select from pg_attribute a where a.attrelid = c.oid and a.attname in ('from_ts', 'bucket') and not a.attisdropped)
order by 1;

-- No two indexes are the same.
select format('%s is the same as %s', b.indexrelid::regclass, a.indexrelid::regclass)
from pg_index a
join pg_index b on b.indrelid = a.indrelid and b.indexrelid > a.indexrelid
  and (b.indkey::text, b.indclass::text, b.indoption::text, coalesce(pg_get_expr(b.indexprs, b.indrelid), ''), coalesce(pg_get_expr(b.indpred, b.indrelid), ''))
    = (a.indkey::text, a.indclass::text, a.indoption::text, coalesce(pg_get_expr(a.indexprs, a.indrelid), ''), coalesce(pg_get_expr(a.indpred, a.indrelid), ''))
join pg_class c on c.oid = a.indrelid
join pg_namespace n on n.oid = c.relnamespace and n.nspowner = 'vigil_owner'::regrole
order by 1;

-- What a request may call as its owner is in api; of the rest nobody outside calls what they do not need.
select format('%s may execute %s', r.rolname, p.oid::regprocedure)
from pg_proc p
join pg_namespace n on n.oid = p.pronamespace
cross join pg_roles r
where r.rolname in ('anon', 'bi_reader', 'authenticator', 'vigil_worker') and n.nspname = 'vigil_platform' and has_function_privilege(r.oid, p.oid, 'execute')
order by 1;

-- No foreign server, no foreign table, no extension that reads files or other databases, no untrusted language.
select format('foreign server %s', s.srvname) from pg_foreign_server s
union all
select format('extension %s', e.extname) from pg_extension e
where e.extname not in ('plpgsql', 'timescaledb', 'ltree', 'btree_gist', 'pg_cron', 'vigil', 'vigil_platform', 'pgtap', 'plpgsql_check')
union all
select format('language %s', l.lanname) from pg_language l where l.lanname not in ('internal', 'c', 'sql', 'plpgsql')
order by 1;
