create or replace function ops.find_tenant(name text) returns int
language plpgsql stable
as $$
declare
  v_tenant_id int := (select t.tenant_id from fleet.tenant t where t.name = find_tenant.name);
begin
  if v_tenant_id is null then
    raise exception using
      errcode = '42704',
      message = pg_catalog.format('there is no tenant "%s"', pg_catalog.left(find_tenant.name, 100)),
      hint = 'A DBA finds them in fleet.tenant, platform staff at GET /tenants.';
  end if;
  return v_tenant_id;
end
$$;
comment on function ops.find_tenant(text) is 'The tenant of a name. 42704 when there is none.';
