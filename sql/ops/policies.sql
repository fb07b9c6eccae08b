alter table ops.job_run enable row level security;
alter table ops.job_run force row level security;
drop policy if exists tenant_isolation on ops.job_run;
create policy tenant_isolation on ops.job_run
  using (tenant_id = (select auth.tenant_id()))
  with check (tenant_id = (select auth.tenant_id()));

alter table ops.idempotency_key enable row level security;
alter table ops.idempotency_key force row level security;
drop policy if exists tenant_isolation on ops.idempotency_key;
create policy tenant_isolation on ops.idempotency_key
  using (tenant_id = (select auth.tenant_id()))
  with check (tenant_id = (select auth.tenant_id()));

alter table ops.retention_policy enable row level security;
alter table ops.retention_policy force row level security;
drop policy if exists tenant_isolation on ops.retention_policy;
create policy tenant_isolation on ops.retention_policy
  using (tenant_id = (select auth.tenant_id()))
  with check (tenant_id = (select auth.tenant_id()));

alter table ops.legal_hold enable row level security;
alter table ops.legal_hold force row level security;
drop policy if exists tenant_isolation on ops.legal_hold;
create policy tenant_isolation on ops.legal_hold
  using (tenant_id = (select auth.tenant_id()))
  with check (tenant_id = (select auth.tenant_id()));

alter table ops.retention_run enable row level security;
alter table ops.retention_run force row level security;
drop policy if exists tenant_isolation on ops.retention_run;
create policy tenant_isolation on ops.retention_run
  using (tenant_id = (select auth.tenant_id()))
  with check (tenant_id = (select auth.tenant_id()));

alter table ops.storage_sample enable row level security;
alter table ops.storage_sample force row level security;
drop policy if exists tenant_isolation on ops.storage_sample;
create policy tenant_isolation on ops.storage_sample
  using (tenant_id = (select auth.tenant_id()))
  with check (tenant_id = (select auth.tenant_id()));

alter table ops.archive_manifest enable row level security;
alter table ops.archive_manifest force row level security;
drop policy if exists tenant_isolation on ops.archive_manifest;
create policy tenant_isolation on ops.archive_manifest
  using (tenant_id = (select auth.tenant_id()))
  with check (tenant_id = (select auth.tenant_id()));

alter table ops.archive_restore enable row level security;
alter table ops.archive_restore force row level security;
drop policy if exists tenant_isolation on ops.archive_restore;
create policy tenant_isolation on ops.archive_restore
  using (tenant_id = (select auth.tenant_id()))
  with check (tenant_id = (select auth.tenant_id()));

alter table ops.usage enable row level security;
alter table ops.usage force row level security;
drop policy if exists tenant_isolation on ops.usage;
create policy tenant_isolation on ops.usage
  using (tenant_id = (select auth.tenant_id()))
  with check (tenant_id = (select auth.tenant_id()));

alter table ops.point_log enable row level security;
alter table ops.point_log force row level security;
drop policy if exists tenant_isolation on ops.point_log;
create policy tenant_isolation on ops.point_log
  using (tenant_id = (select auth.tenant_id()))
  with check (tenant_id = (select auth.tenant_id()));

alter table ops.tenant_export enable row level security;
alter table ops.tenant_export force row level security;
drop policy if exists tenant_isolation on ops.tenant_export;
create policy tenant_isolation on ops.tenant_export
  using (tenant_id = (select auth.tenant_id()))
  with check (tenant_id = (select auth.tenant_id()));

alter table ops.tenant_export_file enable row level security;
alter table ops.tenant_export_file force row level security;
drop policy if exists tenant_isolation on ops.tenant_export_file;
create policy tenant_isolation on ops.tenant_export_file
  using (tenant_id = (select auth.tenant_id()))
  with check (tenant_id = (select auth.tenant_id()));

alter table ops.deletion_certificate enable row level security;
alter table ops.deletion_certificate force row level security;
drop policy if exists tenant_isolation on ops.deletion_certificate;
create policy tenant_isolation on ops.deletion_certificate
  using (tenant_id = (select auth.tenant_id()))
  with check (tenant_id = (select auth.tenant_id()));

-- No tenant's business: without a policy they are closed to everyone whom row security holds for.
alter table ops.job enable row level security;
alter table ops.job force row level security;
alter table ops.heartbeat enable row level security;
alter table ops.heartbeat force row level security;
alter table ops.retention_object enable row level security;
alter table ops.retention_object force row level security;
alter table ops.dead_man enable row level security;
alter table ops.dead_man force row level security;
alter table ops.plan enable row level security;
alter table ops.plan force row level security;
alter table ops.personal_attribute enable row level security;
alter table ops.personal_attribute force row level security;
alter table ops.data_class enable row level security;
alter table ops.data_class force row level security;
