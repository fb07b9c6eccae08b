create or replace function ops.health() returns jsonb
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_worker record;
  v_jobs_late boolean;
begin
  select h.problem, h.waiting into v_worker from ops.worker_health() h;
  -- As in ops.job_status.
  select coalesce(bool_or(coalesce(j.last_succeeded_at, j.created_at) < now() - 3 * j.expected_every), false) into v_jobs_late
  from ops.job j
  where j.enabled;
  return jsonb_build_object(
    'status', case when v_worker.problem is null and not v_jobs_late then 'ok' else 'late' end,
    'worker', case when v_worker.problem is null then 'ok' else 'late' end,
    'jobs', case when v_jobs_late then 'late' else 'ok' end,
    'waiting_seconds', round(extract(epoch from v_worker.waiting)));
end
$$;
comment on function ops.health() is
'Whether the worker and the enabled jobs are where they should be, and for how long a message has been due: {"status", "worker", "jobs", "waiting_seconds"}, the first three ok or late. Nothing of any tenant. Owned by vigil_jobs, which sees all of them.';
