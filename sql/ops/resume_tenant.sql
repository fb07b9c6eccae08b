create or replace function ops.resume_tenant(name text) returns void
language plpgsql
as $$
declare
  v_tenant_id int := ops.find_tenant(resume_tenant.name);
begin
  if exists (select from ops.deletion_certificate c where c.tenant_id = v_tenant_id) then
    raise exception using
      errcode = '55000',
      message = pg_catalog.format('tenant "%s" is being deleted', resume_tenant.name),
      hint = 'Deletion cannot be undone; make a new tenant.';
  end if;
  update fleet.tenant t
  set active = true, suspended_at = null, suspended_because = null
  where t.tenant_id = v_tenant_id;
  perform audit.record(v_tenant_id, 'resume_tenant', pg_catalog.jsonb_build_object('tenant', resume_tenant.name));
end
$$;
comment on function ops.resume_tenant(text) is
'Lets a suspended tenant in again; its sessions, keys and SQL logins go on where they have not expired. Sources take up where they were. 42704 for an unknown tenant, 55000 for one that is being deleted.';
