-- Every column that sounds like a person, or like a secret, is classified in ops.data_class; so is its comment.
select format('%s.%s is not in ops.data_class', c.oid::regclass, a.attname)
from pg_attribute a
join pg_class c on c.oid = a.attrelid and c.relkind in ('r', 'p')
join pg_namespace n on n.oid = c.relnamespace and n.nspowner = 'vigil_owner'::regrole
where a.attnum > 0 and not a.attisdropped and a.atttypid in ('text'::regtype, 'inet'::regtype, 'jsonb'::regtype, 'bytea'::regtype)
  and (a.attname ~ '^(e?mail|phone|address|latitude|longitude|location|user|user_agent|subject|actor|first_name|last_name|full_name|person_name|sent_by|attributes)$'
    or a.attname ~ '_by$' and c.relname not in ('silence') and a.attname ~ '^(created|changed|acknowledged|resolved|ended|revoked|requested|placed|released|restored|trained|invited)_by$'
    or a.attname in ('name', 'display_name') and c.relname ~ '(person|people|account|user|contact|member)'
    or n.nspname = 'auth' and a.attname ~ '(password|secret|sealed|_sha256$)')
  and not exists (
    select from ops.data_class k where k.schema_name = n.nspname and k.table_name = c.relname and k.column_name = a.attname)
order by 1;

select format('%s.%s.%s is in ops.data_class and is not there', k.schema_name, k.table_name, k.column_name)
from ops.data_class k
where not exists (
  select from pg_attribute a
  where a.attrelid = to_regclass(format('%I.%I', k.schema_name, k.table_name)) and a.attname = k.column_name and not a.attisdropped)
order by 1;

select format('the comment on %s.%s.%s does not say what it is', k.schema_name, k.table_name, k.column_name)
from ops.data_class k
join pg_attribute a on a.attrelid = to_regclass(format('%I.%I', k.schema_name, k.table_name)) and a.attname = k.column_name
where k.kind <> 'not personal' and coalesce(col_description(a.attrelid, a.attnum), '') !~ '\[(Personal data|Secret)[^]]*\]$'
order by 1;

-- What readers may see of them at all is decided by views: nobody who logs in by SQL reads them from the table.
select format('bi_reader may read %s.%s.%s', k.schema_name, k.table_name, k.column_name)
from ops.data_class k
where k.kind in ('email', 'name', 'location', 'network', 'secret')
  and has_column_privilege('bi_reader', format('%I.%I', k.schema_name, k.table_name)::regclass, k.column_name, 'select')
order by 1;

-- The rows of every table of tenants can be exported and deleted by what does that. Hashes of keys stay.
select format('vigil_jobs cannot %s %s', case when w.may_read then 'delete from' else 'read' end, t.name)
from ops.tenant_tables() t
cross join lateral (
  select has_any_column_privilege('vigil_jobs', t.relation, 'select') as may_read, has_table_privilege('vigil_jobs', t.relation, 'delete') as may_delete
) w
where not w.may_read
  -- What refers to the tenant goes with it.
  or not w.may_delete and not exists (
    select from pg_constraint k
    where k.conrelid = t.relation and k.contype = 'f' and k.confrelid = 'fleet.tenant'::regclass and k.confdeltype = 'c')
order by 1;
