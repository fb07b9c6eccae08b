create or replace function ops.schedule_job() returns trigger
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_cron_name text;
begin
  if tg_op <> 'INSERT' then
    v_cron_name := 'vigil ' || old.job_name;
    perform cron.unschedule(j.jobid) from cron.job j where j.jobname = v_cron_name and j.username = 'vigil_jobs';
  end if;
  if tg_op <> 'DELETE' then
    if new.enabled then
      perform cron.schedule('vigil ' || new.job_name, new.schedule, format('call ops.run(%L)', new.job_name));
    end if;
    return new;
  end if;
  return old;
end
$$;
comment on function ops.schedule_job() is
'Keeps pg_cron in step with ops.job. Owned by vigil_jobs, as which the jobs then run.';
