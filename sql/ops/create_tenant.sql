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
  return v_tenant_id;
end
$$;
comment on function ops.create_tenant(text, text) is
'Makes a tenant with one alert rule, anomalies of severity high and above. Returns tenant_id. For DBAs. 23505 when the name is taken.';
