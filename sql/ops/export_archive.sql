create or replace function ops.export_archive(tenant int, export bigint, folder text, file text, archive bigint) returns void
language plpgsql
as $$
declare
  v_archive ops.archive_manifest;
  v_content bytea;
  v_file text := file || '.parquet';
begin
  select m.* into v_archive
  from ops.archive_manifest m
  where m.tenant_id = tenant and m.archive_id = archive and m.state in ('dropped', 'restored')
  for share;
  if not found then
    -- It went by its policy meanwhile.
    return;
  end if;
  v_content := vigil_platform.archive_read(v_archive.path);
  if pg_catalog.encode(pg_catalog.sha256(v_content), 'hex') <> v_archive.sha256 then
    raise exception using
      errcode = 'XX001',
      message = pg_catalog.format('archive %s is damaged', archive),
      hint = 'Put back the file from a backup; GET /archives says which.';
  end if;
  insert into ops.tenant_export_file (tenant_id, export_id, path, content, row_count, bytes, sha256)
  values (tenant, export, v_file, 'archived readings', v_archive.row_count, v_archive.bytes,
    vigil_platform.archive_write(folder || '/' || v_file, v_content));
end
$$;
comment on function ops.export_archive(int, bigint, text, text, bigint) is
'Copies a file of the archive into an export. XX001 when it is damaged.';
