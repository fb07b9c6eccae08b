create or replace view api.jobs with (security_invoker = true) as
select r.job_run_id, r.job_name as job, r.status, r.started_at, r.finished_at, r.row_count, r.error_code, r.message, r.hint, r.repeats
from ops.job_run r;
comment on view api.jobs is
$$Runs of the pipeline's jobs for the tenant
Runs that found nothing to do are left out; a run that fails again in the same way counts in repeats.$$;
