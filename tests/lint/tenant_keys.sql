-- A key that does not begin with the tenant tells one tenant what another has (unique and foreign keys are checked
-- past row security), and a foreign key without the tenant can point at another tenant's row.
create temp view tenant_table as
select c.oid
from pg_class c
join pg_namespace n on n.oid = c.relnamespace and pg_get_userbyid(n.nspowner) = 'vigil_owner'
join pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant_id' and not a.attisdropped
where c.relkind in ('r', 'p');

-- Logs that are emptied as they are read have no key. Runs of a job and rules for all tenants have no tenant.
select format('%s has no primary key that begins with tenant_id', t.oid::regclass)
from tenant_table t
where t.oid not in ('fleet.reading_change'::regclass, 'detect.feature_change'::regclass, 'detect.score_change'::regclass,
    'fleet.rollup_change'::regclass, 'fleet.rollup'::regclass, 'ops.job_run'::regclass,
    'ops.retention_policy'::regclass, 'ops.retention_run'::regclass, 'auth.login'::regclass,
    'auth.rate_limit'::regclass, 'ops.point_log'::regclass)
  and not exists (
    select from pg_index i
    join pg_attribute a on a.attrelid = i.indrelid and a.attnum = i.indkey[0] and a.attname = 'tenant_id'
    where i.indrelid = t.oid and i.indisprimary)
order by 1;

-- Unique over all tenants: numbers from a sequence and random ids, which no tenant chooses; names of tenants and
-- logins, which only a DBA enters.
select format('%s of %s is unique over all tenants', i.indexrelid::regclass, i.indrelid::regclass)
from pg_index i
join tenant_table t on t.oid = i.indrelid
join pg_class x on x.oid = i.indexrelid
left join pg_attribute a on a.attrelid = i.indrelid and a.attnum = i.indkey[0]
where i.indisunique and a.attname is distinct from 'tenant_id'
  and x.relname not in ('tenant_name_unique', 'login_pkey', 'job_run_pkey', 'rollup_pkey', 'retention_policy_pkey', 'retention_run_pkey',
     'message_id_unique', 'notification_id_unique', 'token_sha256_unique', 'key_sha256_unique', 'rate_limit_pkey')
order by 1;

select format('foreign key %s of %s does not begin with the tenant', k.conname, k.conrelid::regclass)
from pg_constraint k
join tenant_table t on t.oid = k.conrelid
join tenant_table r on r.oid = k.confrelid
where k.contype = 'f' and not (
  exists (select from pg_attribute a where a.attrelid = k.conrelid and a.attnum = k.conkey[1] and a.attname = 'tenant_id')
  and exists (select from pg_attribute a where a.attrelid = k.confrelid and a.attnum = k.confkey[1] and a.attname = 'tenant_id'))
order by 1;

drop view tenant_table;
