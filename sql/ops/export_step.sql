create or replace function ops.export_step(tenant int, export bigint) returns boolean
language plpgsql
as $$
declare
  v_export ops.tenant_export;
  v_part record;
  v_rows bigint;
  v_bytes bigint;
  v_sha256 text;
begin
  select e.* into v_export
  from ops.tenant_export e
  where e.tenant_id = tenant and e.export_id = export and e.state in ('requested', 'writing')
  for update;
  if not found then
    return false;
  end if;
  if v_export.state = 'requested' then
    update ops.tenant_export e
    set state = 'writing', started_at = pg_catalog.clock_timestamp()
    where e.tenant_id = tenant and e.export_id = export;
  end if;

  select p.* into v_part from ops.export_parts(tenant) p where p.part <> all (v_export.parts_done) order by p.place, p.part limit 1;
  if found then
    -- Again from its beginning, if it was begun before a crash.
    delete from ops.tenant_export_file f where f.tenant_id = tenant and f.export_id = export and pg_catalog.starts_with(f.path, v_part.file || '.');
    if v_part.kind = 'readings' then
      perform ops.export_readings(tenant, export, v_export.folder, v_part.file, v_part.profile_id, v_part.range_start, v_part.range_end);
    elsif v_part.kind = 'archive' then
      perform ops.export_archive(tenant, export, v_export.folder, v_part.file, v_part.archive_id);
    else
      perform ops.export_rows(tenant, export, v_export.folder, v_part.file, v_part.relation, v_part.time_column, v_part.range_start, v_part.range_end);
    end if;
    update ops.tenant_export e
    set parts_done = e.parts_done || v_part.part, files = s.files, row_count = s.row_count, bytes = s.bytes
    from (
      select pg_catalog.count(*) as files, coalesce(pg_catalog.sum(f.row_count), 0) as row_count, coalesce(pg_catalog.sum(f.bytes), 0) as bytes
      from ops.tenant_export_file f
      where f.tenant_id = tenant and f.export_id = export
    ) s
    where e.tenant_id = tenant and e.export_id = export;
    return true;
  end if;

  -- Last, so that a folder with a manifest is whole.
  select vigil_platform.archive_write(v_export.folder || '/manifest.json', x.content), pg_catalog.length(x.content) into v_sha256, v_bytes
  from (
    select pg_catalog.convert_to(pg_catalog.jsonb_pretty(pg_catalog.jsonb_build_object(
      'tenant', t.name, 'tenant_id', t.tenant_id, 'requested_by', v_export.requested_by, 'requested_at', v_export.requested_at,
      'finished_at', pg_catalog.clock_timestamp(),
      'tables', (
        select coalesce(pg_catalog.jsonb_object_agg(c.content, c.row_count), '{}')
        from (
          select f.content, pg_catalog.sum(f.row_count) as row_count
          from ops.tenant_export_file f
          where f.tenant_id = tenant and f.export_id = export
          group by f.content
        ) c),
      'files', (
        select coalesce(pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object('path', f.path, 'table', f.content, 'rows', f.row_count,
          'bytes', f.bytes, 'sha256', f.sha256) order by f.path), '[]')
        from ops.tenant_export_file f
        where f.tenant_id = tenant and f.export_id = export))) || E'\n', 'UTF8') as content
    from fleet.tenant t
    where t.tenant_id = tenant
  ) x;
  update ops.tenant_export e
  set state = 'done', finished_at = pg_catalog.clock_timestamp(), manifest_sha256 = v_sha256, bytes = e.bytes + v_bytes, message = null
  where e.tenant_id = tenant and e.export_id = export
  returning e.row_count into v_rows;
  perform audit.record(tenant, 'tenant_exported', pg_catalog.jsonb_build_object('export_id', export, 'rows', v_rows, 'manifest_sha256', v_sha256));
  return false;
end
$$;
comment on function ops.export_step(int, bigint) is
'Writes the next part of an export, in a transaction of its own, and returns whether there is another; at the end manifest.json, which lists every file with its table, rows, bytes and SHA-256. A part that was begun before a crash is written again. Each table is as it was at one moment, not all at the same one: suspend the tenant for that.';
