create or replace trigger _500_schedule_job
  after insert or delete or update of job_name, schedule, enabled on ops.job
  for each row execute function ops.schedule_job();
