create or replace function ops.note_failure(job text, tenant int, started timestamptz, code text, message text, hint text) returns void
language plpgsql
as $$
begin
  -- A job that fails every few seconds fills one row an hour, not a thousand.
  update ops.job_run r
  set finished_at = pg_catalog.clock_timestamp(), repeats = r.repeats + 1
  where r.job_run_id = (
      select n.job_run_id from ops.job_run n
      where n.job_name = job and n.tenant_id is not distinct from tenant and n.started_at > started - interval '1 hour'
      order by n.started_at desc, n.job_run_id desc
      limit 1)
    and r.status = 'error' and r.error_code = code and r.message = note_failure.message;
  if not found then
    insert into ops.job_run (job_name, tenant_id, started_at, finished_at, status, error_code, message, hint)
    values (job, tenant, started, pg_catalog.clock_timestamp(), 'error', code, note_failure.message, nullif(note_failure.hint, ''));
  end if;
end
$$;
comment on function ops.note_failure(text, int, timestamptz, text, text, text) is
'Records that a job failed for a tenant (null: for all) in ops.job_run. The same failure again within the hour counts in repeats.';
