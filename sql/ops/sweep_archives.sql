create or replace function ops.sweep_archives() returns bigint
language sql
as $$
  select pg_catalog.count(*) filter (where vigil_platform.archive_remove(f.path))
  from vigil_platform.archive_files('readings') f
  left join ops.archive_manifest m on m.path = f.path
  -- A temporary file is what a crash has left of one that was being written.
  where m.state = 'removed' or f.path like '%.tmp' and f.modified_at < pg_catalog.clock_timestamp() - interval '1 hour'
$$;
comment on function ops.sweep_archives() is
'Unlinks the files that the manifest has given up, and what crashes have left behind. Files that the manifest does not know stay. Returns how many.';
