create or replace function ops.create_tenant(name text, display_name text) returns int
language plpgsql
as $$
declare
  v_tenant_id int;
begin
  insert into fleet.tenant (name, display_name)
  values (create_tenant.name, create_tenant.display_name)
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
comment on function ops.create_tenant(text, text) is
'Makes a tenant with one alert rule, anomalies of severity high and above, and one inhibition: while a site sends no data, alerts about devices at it and below it are not told. Returns tenant_id. For DBAs. 23505 when the name is taken.';
