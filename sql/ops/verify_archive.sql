create or replace function ops.verify_archive(tenant int, archive bigint) returns boolean
language plpgsql
as $$
declare
  v_file ops.archive_manifest;
  v_content bytea;
  v_rows bigint;
  v_hash numeric;
begin
  select m.* into v_file
  from ops.archive_manifest m
  where m.tenant_id = tenant and m.archive_id = archive and m.state = 'written'
  for update;
  if not found then
    return null;
  end if;
  begin
    v_content := vigil_platform.archive_read(v_file.path);
    select pg_catalog.count(*), pg_catalog.sum(ops.reading_hash(r.stream_id, r.ts, r.values))
    into v_rows, v_hash
    from vigil.parquet_rows(v_content) r;
  exception when undefined_file or invalid_binary_representation then
    v_rows := null;
  end;
  if v_rows = v_file.row_count and v_hash = v_file.row_hash
    and pg_catalog.encode(pg_catalog.sha256(v_content), 'hex') = v_file.sha256 then
    update ops.archive_manifest m
    set state = 'verified', verified_at = pg_catalog.clock_timestamp(), checked_at = pg_catalog.clock_timestamp()
    where m.tenant_id = tenant and m.archive_id = archive;
    return true;
  end if;
  update ops.archive_manifest m
  set state = 'planned', damage = 'it was not what had been written when it was read back'
  where m.tenant_id = tenant and m.archive_id = archive;
  return false;
end
$$;
comment on function ops.verify_archive(int, bigint) is
'Reads a written file back and compares its SHA-256, its rows and their hash with what was written: true, and it is verified; false, and it is to be written again; null when it is not written (any more).';
