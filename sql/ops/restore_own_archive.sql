create or replace function ops.restore_own_archive(from_ts timestamptz, to_ts timestamptz, device text, keep interval) returns ops.archive_restore
language sql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
  select ops.restore_archive(auth.tenant_id(), from_ts, to_ts, device, keep, auth.subject())
$$;
comment on function ops.restore_own_archive(timestamptz, timestamptz, text, interval) is
'ops.restore_archive for the session''s tenant and no other. Owned by vigil_jobs, which may read the files.';
