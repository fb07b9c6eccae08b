create or replace function ops.add_rule_view(tenant text, relation regclass) returns void
language plpgsql
as $$
declare
  v_tenant_id int;
  v_missing text;
  v_role text := pg_catalog.current_setting('role');
begin
  select t.tenant_id into v_tenant_id from fleet.tenant t where t.name = tenant;
  if not found then
    raise exception using
      errcode = '42704',
      message = pg_catalog.format('tenant "%s" does not exist', tenant),
      hint = 'select name from fleet.tenant lists the tenants.';
  end if;
  select pg_catalog.string_agg(n.name || ' ' || n.type::text, ', ' order by n.place) into v_missing
  from (values (1, 'tenant_id', 'int'::regtype), (2, 'subject', 'text'::regtype), (3, 'severity', 'text'::regtype), (4, 'summary', 'text'::regtype)) as n (place, name, type)
  where not exists (
    select from pg_catalog.pg_attribute a
    where a.attrelid = relation and a.attname = n.name and a.atttypid = n.type and not a.attisdropped);
  if v_missing is not null then
    raise exception using
      errcode = '42703',
      message = pg_catalog.format('%s has no column %s', relation, v_missing),
      hint = 'A view for rules has tenant_id int, subject text, severity text (null: the rule''s), summary text, and may have value float8, labels jsonb and device text.';
  end if;
  -- Read as the job will: what is missing of grants shows here.
  perform pg_catalog.set_config('role', 'vigil_jobs', true);
  execute pg_catalog.format('select 1 from %s v where v.tenant_id = $1 limit 1', relation) using v_tenant_id;
  perform pg_catalog.set_config('role', v_role, true);
  insert into alerting.rule_view (tenant_id, relation_schema, relation_name)
  select v_tenant_id, n.nspname, c.relname
  from pg_catalog.pg_class c
  join pg_catalog.pg_namespace n on n.oid = c.relnamespace
  where c.oid = relation
  on conflict do nothing;
end
$$;
comment on function ops.add_rule_view(text, regclass) is
'Lets a tenant''s rules of kind view look at a view or table: a row of the tenant is a condition that holds, one that is gone has passed. It is read as vigil_jobs, which needs a grant. For DBAs. 42704, 42703 and 42501 for what does not exist, fit, or may not be read.';
