create or replace function ops.create_tenant(name text, display_name text, plan text default 'unlimited') returns int
language plpgsql
as $$
declare
  v_tenant_id int;
begin
  if not exists (select from ops.plan p where p.plan_name = create_tenant.plan) then
    raise exception using
      errcode = '42704',
      message = pg_catalog.format('there is no plan "%s"', create_tenant.plan),
      hint = 'They are in ops.plan.';
  end if;
  if coalesce(create_tenant.name, '') !~ '^[a-z][a-z0-9_-]{0,62}$' then
    raise exception using
      errcode = '22023',
      message = 'the name of the tenant is not usable',
      hint = 'Up to 63 lower-case letters, digits, - and _, a letter first.';
  end if;
  if exists (select from fleet.tenant t where t.name = create_tenant.name)
    -- Its files may still be there, and would be taken for the new one's.
    or exists (select from ops.deletion_certificate c where c.tenant_name = create_tenant.name and c.state <> 'certified') then
    raise exception using
      errcode = '23505',
      message = pg_catalog.format('there is a tenant "%s" already', create_tenant.name),
      hint = 'Choose another name; one that is being deleted is free when that is done.';
  end if;
  insert into fleet.tenant (name, display_name, plan_name)
  values (create_tenant.name, create_tenant.display_name, create_tenant.plan)
  returning tenant_id into v_tenant_id;
  insert into alerting.rule (tenant_id, name, min_severity)
  values (v_tenant_id, 'serious anomalies', 'high');
  insert into alerting.inhibition (tenant_id, name, source_matchers, target_matchers, below_site)
  values (v_tenant_id, 'site-down',
    '[{"label": "kind", "op": "=", "value": "no_data"}, {"label": "subject_kind", "op": "=", "value": "site"}]',
    '[{"label": "device", "op": "!=", "value": ""}]', true);
  return v_tenant_id;
end
$$;
comment on function ops.create_tenant(text, text, text) is
'Makes a tenant with a plan and one alert rule, anomalies of severity high and above, and one inhibition: while a site sends no data, alerts about devices at it and below it are not told. Returns tenant_id. For DBAs; platform staff have api.create_tenant. 23505 when the name is taken, 22023 for one that is none, 42704 for an unknown plan.';
