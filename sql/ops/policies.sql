alter table ops.job_run enable row level security;
alter table ops.job_run force row level security;
drop policy if exists tenant_isolation on ops.job_run;
create policy tenant_isolation on ops.job_run
  using (tenant_id = (select auth.tenant_id()))
  with check (tenant_id = (select auth.tenant_id()));
