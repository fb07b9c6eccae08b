create or replace function ops.request_export(name text) returns bigint
language plpgsql
as $$
declare
  v_tenant_id int := ops.find_tenant(request_export.name);
  v_export_id bigint;
begin
  if not (select s.configured from vigil_platform.archive_status() s) then
    raise exception using
      errcode = '55000',
      message = 'there is no directory for files',
      hint = 'A DBA sets vigil_platform.archive_directory.';
  end if;
  if exists (select from ops.deletion_certificate c where c.tenant_id = v_tenant_id) then
    raise exception using
      errcode = '55000',
      message = pg_catalog.format('tenant "%s" is being deleted', request_export.name),
      hint = 'Export first, delete then.';
  end if;
  select e.export_id into v_export_id
  from ops.tenant_export e
  where e.tenant_id = v_tenant_id and e.state in ('requested', 'writing')
  order by e.export_id
  limit 1;
  if found then
    return v_export_id;
  end if;
  insert into ops.tenant_export (tenant_id, requested_by, folder)
  values (v_tenant_id, auth.subject(), pg_catalog.format('exports/%s/%s', request_export.name,
    pg_catalog.to_char(pg_catalog.clock_timestamp() at time zone 'UTC', 'YYYYMMDD"t"HH24MISSUS"z"')))
  returning export_id into v_export_id;
  perform audit.record(v_tenant_id, 'request_tenant_export', pg_catalog.jsonb_build_object('tenant', request_export.name, 'export_id', v_export_id));
  return v_export_id;
end
$$;
comment on function ops.request_export(text) is
'Asks for all data of a tenant as files; the job tenants writes them. Returns export_id; while one is under way, that one''s. 42704 for an unknown tenant, 55000 without an archive directory and for a tenant that is being deleted.';
